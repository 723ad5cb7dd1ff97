import { Stripe } from "stripe";
import { hasWorth } from "../../model/worth.ts";
import { isOurs, type Issuer } from "../metadata.ts";
import type { ParsedEvent, PaymentUpdate } from "../paymentAdapter.ts";
import { toDate, toId, toNews, type CheckoutHappening } from "./checkout.ts";
import { hasCreditNotes, toCreditNoteUpdate } from "./creditNotes.ts";
import { isForeignInvoice, toInvoiceNews } from "./invoice.ts";
import { toDisputeUpdate, toFraudWarningUpdate, toRefundUpdate } from "./refunds.ts";

type Meaning<T = ParsedEvent> = T extends ParsedEvent ? Omit<T, "eventId" | "type"> : never;
type EventType = Stripe.Event["type"];
type EventOf<T extends EventType> = Extract<Stripe.Event, { type: T }>;
type Handler<T extends EventType> = (event: EventOf<T>, issuer: Issuer) => Meaning;

/**
 * What each event means for a payment; nothing else knows Stripe's events. A webhook endpoint is registered for these.
 * Source: https://docs.stripe.com/api/events/types
 */
const handlers = {
  "checkout.session.completed": toCheckoutMeaning,
  "checkout.session.async_payment_succeeded": toCheckoutMeaning,
  "checkout.session.async_payment_failed": toCheckoutMeaning,
  "checkout.session.expired": toCheckoutMeaning,
  "customer.subscription.created": toSubscriptionMeaning,
  "customer.subscription.updated": toSubscriptionMeaning,
  "customer.subscription.paused": toSubscriptionMeaning,
  "customer.subscription.resumed": toSubscriptionMeaning,
  "customer.subscription.deleted": toSubscriptionMeaning,
  "invoice.paid": toInvoiceMeaning,
  "invoice.payment_failed": toInvoiceMeaning,
  "invoice.voided": toInvoiceMeaning,
  "invoice.marked_uncollectible": toInvoiceMeaning,
  "refund.created": toRefundMeaning,
  "refund.updated": toRefundMeaning,
  "refund.failed": toRefundMeaning,
  "charge.refunded": ({ data }) => toChargeRefundedMeaning(data.object),
  "credit_note.created": toCreditNoteMeaning,
  "credit_note.updated": toCreditNoteMeaning,
  "credit_note.voided": toCreditNoteMeaning,
  "charge.dispute.created": toDisputeMeaning,
  "charge.dispute.updated": toDisputeMeaning,
  "charge.dispute.funds_withdrawn": toDisputeMeaning,
  "charge.dispute.funds_reinstated": toDisputeMeaning,
  "charge.dispute.closed": toDisputeMeaning,
  "radar.early_fraud_warning.created": toFraudWarningMeaning,
  "radar.early_fraud_warning.updated": toFraudWarningMeaning,
  "product.created": toProductMeaning,
  "product.updated": toProductMeaning,
  "product.deleted": toProductMeaning,
  "price.created": toPriceMeaning,
  "price.updated": toPriceMeaning,
  "price.deleted": toPriceMeaning,
} satisfies { [T in EventType]?: Handler<T> };

type HandledType = keyof typeof handlers;

/** The events that a webhook endpoint is registered for. */
export const EVENT_TYPES: readonly HandledType[] = Object.keys(handlers).filter(isHandled);

/** The events that tell what became of a payment, so that they say something only about one that is known. */
const LATER_TYPES = EVENT_TYPES.filter((type) => /^(?:refund|charge|credit_note|radar)\./.test(type));

/**
 * The types by which events are listed, those that bring payments first.
 * Stripe takes 20 at once, see https://docs.stripe.com/api/events/list#list_events-types
 */
export const LISTED_TYPES: readonly (readonly HandledType[])[] = [
  EVENT_TYPES.filter((type) => !LATER_TYPES.includes(type)),
  LATER_TYPES,
];

export function toMeaning(event: Stripe.Event, issuer: Issuer): Meaning {
  const { type } = event;
  return isHandled(type) ? handle(type, event, issuer) : { outcome: "ignored", reason: "unknown_type" };
}

function handle<T extends HandledType>(type: T, event: Stripe.Event, issuer: Issuer): ReturnType<Handler<T>> {
  const table: { [K in HandledType]: Handler<K> } = handlers;
  if (isOfType(event, type)) return table[type](event, issuer);
  throw new Error(`Cannot read event "${event.id}": it is not of type "${type}"`);
}

function isHandled(type: string): type is HandledType {
  return Object.hasOwn(handlers, type);
}

function isOfType<T extends EventType>(event: Stripe.Event, type: T): event is EventOf<T> {
  return event.type === type;
}

function toCheckoutMeaning(
  event: EventOf<Extract<EventType, `checkout.session.${string}`>>,
  issuer: Issuer,
): Meaning {
  const session = event.data.object;
  const happening: CheckoutHappening =
    event.type === "checkout.session.async_payment_failed" ? "async_payment_failed" : "state";
  if (!isOurs(session.metadata, issuer.projectId)) return { outcome: "ignored", reason: "foreign" };
  if (!isSameRelease(event.api_version)) return { outcome: "refetch", subject: { sessionId: session.id } };
  const news = toNews(session, { at: toDate(event.created), happening, issuer });
  return { outcome: "news", news };
}

function toSubscriptionMeaning(
  event: EventOf<Extract<EventType, `customer.subscription.${string}`>>,
  issuer: Issuer,
): Meaning {
  const { id: subscriptionId, metadata } = event.data.object;
  if (!isOurs(metadata, issuer.projectId)) return { outcome: "ignored", reason: "foreign" };
  return { outcome: "subscription", subscriptionId };
}

function toInvoiceMeaning(
  event: EventOf<
    "invoice.paid" | "invoice.payment_failed" | "invoice.voided" | "invoice.marked_uncollectible"
  >,
  issuer: Issuer,
): Meaning {
  const invoice = event.data.object;
  // First, so that it costs nothing. An invoice of an older release says elsewhere whose it is, or not at all.
  if (isForeignInvoice(invoice, issuer)) return { outcome: "ignored", reason: "foreign" };
  const failedAt = event.type === "invoice.payment_failed" ? toDate(event.created) : undefined;
  const invoiceId = invoice.id;
  // An older release has the subscription elsewhere, and an event has only the first lines and no credit notes.
  const isWhole = isSameRelease(event.api_version) && !invoice.lines.has_more && !hasCreditNotes(invoice);
  if (!isWhole && invoiceId) return { outcome: "refetch", subject: { invoiceId } };
  return { outcome: "invoice", invoice: toInvoiceNews(invoice, { issuer, failedAt }) };
}

function toRefundMeaning(event: EventOf<"refund.created" | "refund.updated" | "refund.failed">): Meaning {
  return toUpdateMeaning(toRefundUpdate(event.data.object), event);
}

/** It has only the total; which refunds it consists of is in their own events and the API. */
function toChargeRefundedMeaning({ payment_intent: intent, amount_refunded }: Stripe.Charge): Meaning {
  const paymentKey = toId(intent);
  if (paymentKey === undefined) return { outcome: "ignored", reason: "foreign" };
  return { outcome: "refetch", subject: { paymentKey, refunded: amount_refunded } };
}

/** A payment that is not known here is fetched by its key, as with every update. */
function toCreditNoteMeaning(
  event: EventOf<"credit_note.created" | "credit_note.updated" | "credit_note.voided">,
): Meaning {
  const update = toCreditNoteUpdate(event.data.object);
  if (!update) return { outcome: "ignored", reason: "foreign" };
  if (!isSameRelease(event.api_version)) return { outcome: "refetch", subject: { invoiceId: update.key } };
  return { outcome: "update", update };
}

function toDisputeMeaning(event: EventOf<Extract<EventType, `charge.dispute.${string}`>>): Meaning {
  return toUpdateMeaning(toDisputeUpdate(event.data.object, toDate(event.created)), event);
}

function toFraudWarningMeaning(
  event: EventOf<Extract<EventType, `radar.early_fraud_warning.${string}`>>,
): Meaning {
  return toUpdateMeaning(toFraudWarningUpdate(event.data.object, toDate(event.created)), event);
}

function toProductMeaning(
  event: EventOf<"product.created" | "product.updated" | "product.deleted">,
): Meaning {
  const { id: productId, metadata } = event.data.object;
  return { outcome: "product", productId, saysWorth: hasWorth(metadata) };
}

function toPriceMeaning(event: EventOf<"price.created" | "price.updated" | "price.deleted">): Meaning {
  const { product, metadata } = event.data.object;
  const productId = toId(product);
  if (productId === undefined) throw new Error(`Cannot read event "${event.id}": it names no product`);
  return { outcome: "product", productId, saysWorth: hasWorth(metadata) };
}

function toUpdateMeaning(update: PaymentUpdate | undefined, event: Stripe.Event): Meaning {
  if (!update || !isSameRelease(event.api_version)) return toRefetch(update?.key);
  return { outcome: "update", update };
}

/** A charge without a payment intent was not made by a checkout. */
function toRefetch(paymentKey: string | undefined): Meaning {
  if (paymentKey === undefined) return { outcome: "ignored", reason: "foreign" };
  return { outcome: "refetch", subject: { paymentKey } };
}

/** Shapes of objects change with the release's name ("2026-10-28.endive"), not with its date. */
function isSameRelease(apiVersion: string | null): boolean {
  return apiVersion?.split(".")[1] === Stripe.API_VERSION.split(".")[1];
}
