import { Stripe } from "stripe";
import type { ParsedWebhook, PaymentUpdate } from "../paymentAdapter.ts";
import { isOurs, toDate, toId, toNews, type CheckoutHappening } from "./checkout.ts";
import { isOwn } from "../metadata.ts";
import { toInvoiceNews, toSubscriptionMetadata } from "./invoice.ts";
import { toDisputeUpdate, toFraudWarningUpdate, toRefundUpdate } from "./refunds.ts";

type Meaning<T = ParsedWebhook> = T extends ParsedWebhook ? Omit<T, "eventId" | "type"> : never;

/** The events that say something about money: those a webhook endpoint is to be registered for. */
export const EVENT_TYPES = [
  "checkout.session.completed",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
  "checkout.session.expired",
  "customer.subscription.created",
  "customer.subscription.updated",
  "customer.subscription.paused",
  "customer.subscription.resumed",
  "customer.subscription.deleted",
  "invoice.paid",
  "invoice.payment_failed",
  "invoice.voided",
  "invoice.marked_uncollectible",
  "refund.created",
  "refund.updated",
  "refund.failed",
  "charge.refunded",
  "charge.dispute.created",
  "charge.dispute.updated",
  "charge.dispute.funds_withdrawn",
  "charge.dispute.funds_reinstated",
  "charge.dispute.closed",
  "radar.early_fraud_warning.created",
  "radar.early_fraud_warning.updated",
  "product.created",
  "product.updated",
  "product.deleted",
  "price.created",
  "price.updated",
  "price.deleted",
] as const;

/** What an event means for a payment. Source: https://docs.stripe.com/api/events/types */
export function toMeaning(event: Stripe.Event, projectId: string): Meaning {
  const at = toDate(event.created);
  switch (event.type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
    case "checkout.session.expired":
      return toCheckoutMeaning(event.data.object, { event, projectId, happening: "state" });
    case "checkout.session.async_payment_failed":
      return toCheckoutMeaning(event.data.object, { event, projectId, happening: "async_payment_failed" });
    case "customer.subscription.created":
    case "customer.subscription.updated":
    case "customer.subscription.paused":
    case "customer.subscription.resumed":
    case "customer.subscription.deleted": {
      const { id: subscriptionId, metadata } = event.data.object;
      if (!isOwn(metadata, projectId)) return { outcome: "ignored", reason: "foreign" };
      return { outcome: "subscription", subscriptionId };
    }
    case "invoice.paid":
    case "invoice.voided":
    case "invoice.marked_uncollectible":
      return toInvoiceMeaning(event.data.object, { event, projectId, failedAt: undefined });
    case "invoice.payment_failed":
      return toInvoiceMeaning(event.data.object, { event, projectId, failedAt: at });
    case "refund.created":
    case "refund.updated":
    case "refund.failed":
      return toUpdateMeaning(toRefundUpdate(event.data.object), event);
    case "charge.dispute.created":
    case "charge.dispute.updated":
    case "charge.dispute.funds_withdrawn":
    case "charge.dispute.funds_reinstated":
    case "charge.dispute.closed":
      return toUpdateMeaning(toDisputeUpdate(event.data.object, at), event);
    case "radar.early_fraud_warning.created":
    case "radar.early_fraud_warning.updated":
      return toUpdateMeaning(toFraudWarningUpdate(event.data.object, at), event);
    case "product.created":
    case "product.updated":
    case "product.deleted":
      return { outcome: "product", productId: event.data.object.id };
    case "price.created":
    case "price.updated":
    case "price.deleted":
      return { outcome: "product", productId: requireId(event.data.object.product) };
    case "charge.refunded":
      // It says how much in all, but of which refunds only their own events and the API say.
      return toRefetch(toId(event.data.object.payment_intent));
    default:
      return { outcome: "ignored", reason: "unknown_type" };
  }
}

function toCheckoutMeaning(
  session: Stripe.Checkout.Session,
  context: { event: Stripe.Event; projectId: string; happening: CheckoutHappening },
): Meaning {
  const { event, projectId, happening } = context;
  if (!isOurs(session, projectId)) return { outcome: "ignored", reason: "foreign" };
  if (!isSameRelease(event.api_version)) return { outcome: "refetch", subject: { sessionId: session.id } };
  const news = toNews(session, { at: toDate(event.created), happening, projectId });
  return { outcome: "news", news };
}

function toInvoiceMeaning(
  invoice: Stripe.Invoice,
  context: { event: Stripe.Event; projectId: string; failedAt: Date | undefined },
): Meaning {
  const { event, projectId, failedAt } = context;
  const invoiceId = invoice.id;
  // An older release keeps the subscription elsewhere, and of more lines than fit the event has only the first.
  const isWhole = isSameRelease(event.api_version) && !invoice.lines.has_more;
  if (!isWhole && invoiceId) return { outcome: "refetch", subject: { invoiceId } };
  if (!isOwn(toSubscriptionMetadata(invoice), projectId)) return { outcome: "ignored", reason: "foreign" };
  return { outcome: "invoice", invoice: toInvoiceNews(invoice, { projectId, failedAt }) };
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

function requireId(reference: Parameters<typeof toId>[0]): string {
  const id = toId(reference);
  if (id === undefined) throw new Error("Cannot read the event: it names no product");
  return id;
}

/** Shapes change with the release's name ("2026-10-28.endive"), not with its date. */
function isSameRelease(apiVersion: string | null): boolean {
  return apiVersion?.split(".")[1] === Stripe.API_VERSION.split(".")[1];
}
