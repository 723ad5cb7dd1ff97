import type { Stripe } from "stripe";
import { openPaymentOf } from "../../objects/billing/invoicePayments.ts";
import { cardOf } from "../../objects/payments/cards.ts";
import { newCharge } from "../../objects/payments/charges.ts";
import { savedInstrument } from "../../objects/payments/instruments.ts";
import { idOf, subscriptionOf } from "../../objects/store/store.ts";
import { DAY } from "../../platform/clock.ts";
import { invalidRequest, type ApiError } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";
import { declineAttempt } from "../payments/decline.ts";
import { settleIntent } from "../payments/succeed.ts";
import { cancelSubscription } from "./cancel.ts";
import { finalizeInvoice } from "./finalize.ts";
import { markDelinquent, settleInvoice } from "./invoices.ts";
import { replaceSubscription } from "./subscriptions.ts";

/** How long to wait after each failed attempt; after the last one, the account's settings decide what happens. */
const retryDays = [3, 5, 7];

export type Collection =
  | { outcome: "paid"; invoice: Stripe.Invoice }
  | { outcome: "failed"; invoice: Stripe.Invoice; error: ApiError };

/** Finalizes the invoice if it is a draft, and collects what is due. */
export function advanceInvoice(context: Context, invoice: Stripe.Invoice): Stripe.Invoice {
  const final = invoice.status === "draft" ? finalizeInvoice(context, invoice) : invoice;
  return final.status === "open" ? collectInvoice(context, final, { automatic: true }).invoice : final;
}

/**
 * Tries to collect an open invoice, with the payment method given, the subscription's or the customer's. Only automatic
 * attempts count for the schedule of retries.
 */
export function collectInvoice(
  context: Context,
  invoice: Stripe.Invoice,
  attempt: { automatic: boolean; paymentMethodId?: string | undefined },
): Collection {
  const { store, clock } = context;
  const payment = openPaymentOf(context, invoice.id);
  const created = store.paymentIntents.read(idOf(payment?.payment.payment_intent) ?? "");
  if (created === undefined) throw new Error(`Cannot collect invoice "${invoice.id}": it has no payment`);
  const paymentMethod = store.paymentMethods.read(
    attempt.paymentMethodId ?? defaultMethodOf(context, invoice) ?? "",
  );
  const card = paymentMethod && cardOf(paymentMethod);
  if (paymentMethod?.card === undefined || card === undefined) {
    return {
      outcome: "failed",
      invoice: failInvoice(context, invoice, attempt.automatic),
      error: noMethod(),
    };
  }
  const intent = store.paymentIntents.replace({
    ...created,
    last_payment_error: null,
    payment_method: paymentMethod.id,
  });
  const now = clock.now();
  const { details } = savedInstrument(paymentMethod, now);
  const charge = newCharge(intent, paymentMethod.billing_details, {
    paymentMethodId: paymentMethod.id,
    details,
    now,
  });
  if (card.decline !== undefined) {
    const error = declineAttempt(context, { intent, charge, paymentMethod, decline: card.decline });
    return { outcome: "failed", invoice: failInvoice(context, invoice, attempt.automatic), error };
  }
  settleIntent(context, { intent, charge, customer: idOf(invoice.customer) });
  const attempts = invoice.attempt_count + (attempt.automatic ? 1 : 0);
  return { outcome: "paid", invoice: settleInvoice(context, { ...invoice, attempt_count: attempts }) };
}

function defaultMethodOf({ store }: Context, invoice: Stripe.Invoice): string | null {
  const subscription = store.subscriptions.read(subscriptionOf(invoice) ?? "");
  const customer = store.customers.read(idOf(invoice.customer) ?? "");
  return (
    idOf(subscription?.default_payment_method) ?? idOf(customer?.invoice_settings.default_payment_method)
  );
}

function noMethod(): ApiError {
  return invalidRequest(
    "There is no `default_payment_method` set on this Customer or Invoice. Please set a `default_payment_method`.",
  );
}

/** An attempt failed: `invoice.updated`, `invoice.payment_failed`, and the subscription becomes past due. */
function failInvoice(context: Context, before: Stripe.Invoice, automatic: boolean): Stripe.Invoice {
  const { store, events, origin, clock, due } = context;
  const counts = automatic || before.attempt_count === 0;
  const count = before.attempt_count + (counts ? 1 : 0);
  const wait = before.auto_advance === true ? retryDays[count - 1] : undefined;
  const next = wait === undefined ? null : clock.now() + wait * DAY;
  const invoice = store.invoices.replace({
    ...before,
    attempt_count: count,
    attempted: true,
    next_payment_attempt: counts ? next : before.next_payment_attempt,
  });
  events.emit("invoice.updated", invoice, { origin, previous: before });
  events.emit("invoice.payment_failed", invoice, context);
  markDelinquent(context, invoice, true);
  const last = counts && before.auto_advance === true && next === null;
  if (counts && next !== null) due.add({ kind: "retry_invoice", id: invoice.id, attempt: count }, next);
  fallBehind(context, invoice, last);
  return store.invoices.read(invoice.id) ?? invoice;
}

function fallBehind(context: Context, invoice: Stripe.Invoice, last: boolean): void {
  const { store } = context;
  const id = subscriptionOf(invoice) ?? "";
  const subscription = store.subscriptions.read(id);
  if (subscription?.status === "active") {
    replaceSubscription(context, subscription, { ...subscription, status: "past_due" });
  }
  const late = store.subscriptions.read(id);
  if (!last || late?.status !== "past_due") return;
  const { whenRetriesEnd: ending } = store.billing;
  if (ending === "canceled") cancelSubscription(context, late, { reason: "payment_failed" });
  else replaceSubscription(context, late, { ...late, status: ending });
}
