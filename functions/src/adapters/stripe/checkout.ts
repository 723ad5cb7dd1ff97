import type { Stripe } from "stripe";
import type { SessionStatus } from "../../contract/codes.ts";
import type { PaymentFacts } from "../../contract/documents.ts";
import { noFacts } from "../../model/facts.ts";
import { parseMetadata, type Issuer } from "../metadata.ts";
import type { Checkout, CheckoutLine, PaymentNews } from "../paymentAdapter.ts";

type Session = Stripe.Checkout.Session;

/** What says how a checkout stands: the session itself, or an event of that type. */
export type CheckoutHappening = "state" | "async_payment_failed";

/**
 * One of our sessions as news. `at` dates what the session does not date itself (an event's creation).
 * Source: https://docs.stripe.com/checkout/fulfillment (`status` and `payment_status` are different things)
 */
export function toNews(
  session: Session,
  context: { issuer: Issuer; at: Date; happening?: CheckoutHappening },
): PaymentNews {
  const parsed = parseMetadata(session.metadata, context.issuer);
  const sessionStatus = context.happening === "async_payment_failed" ? "failed" : toSessionStatus(session);
  const paymentKey = toPaymentKey(session, sessionStatus);
  const isRecurring = session.mode === "subscription";
  const payment =
    paymentKey === undefined || isRecurring
      ? undefined
      : {
          key: paymentKey,
          facts: toFacts(session, sessionStatus, context.at),
          providerData: toProviderData(session),
        };
  return {
    order: parsed.outcome === "order" ? parsed.order : undefined,
    orderSubtotal: parsed.outcome === "order" ? parsed.subtotal : undefined,
    checkout: toCheckout(session),
    sessionStatus,
    ...(paymentKey !== undefined && { paymentKey }),
    ...(payment && { payment }),
    metadata: session.metadata ?? {},
    livemode: session.livemode,
  };
}

export function toCheckout(session: Session): Checkout {
  return {
    sessionId: session.id,
    mode: session.mode === "subscription" ? "subscription" : "payment",
    amount: session.amount_total ?? 0,
    subtotal: session.amount_subtotal ?? 0,
    currency: session.currency ?? undefined,
    url: session.url,
    successUrl: session.success_url ?? "",
    cancelUrl: session.cancel_url ?? "",
    expiresAt: toDate(session.expires_at),
    providerData: toIds({ customerId: session.customer, subscriptionId: session.subscription }),
  };
}

/** Undefined for one without a product that still exists. Amounts are in minor units of the checkout's currency. */
export function toCheckoutLine(item: Stripe.LineItem): [CheckoutLine] | undefined {
  const { id: lineId, price, quantity, amount_subtotal: amount, amount_discount: discount } = item;
  const productId = toId(price?.product);
  if (!price || productId === undefined) return undefined;
  return [{ lineId, productId, priceId: price.id, quantity: quantity ?? 1, amount, discount }];
}

export function toDate(seconds: number): Date {
  return new Date(seconds * 1000);
}

function toSessionStatus(session: Session): SessionStatus {
  if (session.status === "expired") return "expired";
  if (session.status !== "complete") return "created";
  if (session.payment_status === "paid") return "completed";
  // Nothing was due. An amount that is due although no payment is required yet is paid later.
  if (session.payment_status === "no_payment_required" && session.amount_total === 0) return "completed";
  // A delayed payment method: the session is complete, and the money is on its way or has failed to come.
  const intent = readExpanded(session.payment_intent);
  if (intent?.status === "succeeded") return "completed";
  return intent?.status === "requires_payment_method" || intent?.status === "canceled"
    ? "failed"
    : "processing";
}

/**
 * The invoice, else the payment intent, else (if nothing was due) the session; undefined until payment is attempted.
 */
function toPaymentKey(session: Session, status: SessionStatus): string | undefined {
  if (status === "created" || status === "expired") return undefined;
  return toId(session.invoice) ?? toId(session.payment_intent) ?? session.id;
}

function toProviderData(session: Session): Record<string, string> {
  return toIds({
    invoiceId: session.invoice,
    paymentIntentId: session.payment_intent,
    chargeId: readExpanded(session.payment_intent)?.latest_charge,
    customerId: session.customer,
  });
}

function toFacts(session: Session, status: SessionStatus, at: Date): PaymentFacts {
  const intent = readExpanded(session.payment_intent);
  const charge = readExpanded(intent?.latest_charge);
  if (status === "completed") {
    const { amount_total: amount, currency } = session;
    if (amount === null || currency === null)
      throw new Error(`Cannot read session "${session.id}": no amount`);
    return { ...noFacts, paid: { amount, currency, at: charge ? toDate(charge.created) : at } };
  }
  if (status === "failed") {
    const reason = intent?.last_payment_error?.code ?? "payment_failed";
    return { ...noFacts, failed: { reason, at: charge ? toDate(charge.created) : at } };
  }
  return noFacts;
}

type Reference = string | { id: string } | null | undefined;

/** The id of an object that may be expanded. */
export function toId(reference: Reference): string | undefined {
  return typeof reference === "string" ? reference : reference?.id;
}

export function toIds(references: Record<string, Reference>): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const [name, reference] of Object.entries(references)) {
    const id = toId(reference);
    if (id) ids[name] = id;
  }
  return ids;
}

/** The object if it was expanded, else undefined. */
export function readExpanded<T extends object>(reference: string | T | null | undefined): T | undefined {
  return typeof reference === "object" && reference !== null ? reference : undefined;
}
