import type { Stripe } from "stripe";
import { activeDiscounts, discountLines } from "../../objects/billing/discounts.ts";
import { pendingLine, type Period } from "../../objects/billing/invoiceLines.ts";
import { openPaymentOf } from "../../objects/billing/invoicePayments.ts";
import { newInvoice, type BillingReason } from "../../objects/billing/invoices.ts";
import { requireCustomer } from "../../objects/customers/customers.ts";
import { idOf, subscriptionOf } from "../../objects/store/store.ts";
import { HOUR } from "../../platform/clock.ts";
import { newId } from "../../platform/ids.ts";
import type { Context } from "../context/context.ts";
import { useDiscounts } from "./discounts.ts";
import { takePending } from "./pending.ts";
import { replaceSubscription } from "./subscriptions.ts";

/**
 * Drafts a subscription's invoice: `invoice.created`. What is pending for the subscription is added to it. It is
 * finalized automatically an hour later, by the caller at once, or on request.
 */
export function draftInvoice(
  context: Context,
  subscription: Stripe.Subscription,
  draft: {
    id?: string;
    lines: readonly Stripe.InvoiceLineItem[];
    reason: BillingReason;
    period: Period;
    finalize: "in_an_hour" | "at_once" | "when_told";
    prorationDate?: number | undefined;
  },
): Stripe.Invoice {
  const { store, clock, events, due } = context;
  const { id = newId("in"), lines, finalize, ...rest } = draft;
  const now = clock.now();
  const finalizesAt = finalize === "in_an_hour" ? now + HOUR : null;
  const discounts = activeDiscounts(store, subscription, now);
  const isBilled = lines.some(({ amount }) => amount > 0);
  const pending = takePending(context, subscription.id);
  for (const item of pending) store.invoiceItems.set(item.id, { ...item, invoice: id });
  const invoice = store.invoices.insert(
    newInvoice({
      ...rest,
      id,
      customer: requireCustomer(context, subscription.customer),
      subscription,
      currency: subscription.currency,
      lines: [...pending.map(pendingLine), ...(isBilled ? discountLines(lines, discounts) : lines)],
      discounts: discounts.map((discount) => discount.id),
      autoAdvance: finalize !== "when_told",
      finalizesAt,
      now,
    }),
  );
  if (isBilled) useDiscounts(context, subscription);
  events.emit("invoice.created", invoice, context);
  if (finalizesAt !== null) due.add({ kind: "finalize_invoice", id }, finalizesAt);
  return invoice;
}

/** Stores a paid invoice with its payment: `invoice_payment.paid`, `invoice.paid`, `invoice.payment_succeeded`. */
export function settleInvoice(context: Context, invoice: Stripe.Invoice): Stripe.Invoice {
  const { store, events, clock } = context;
  const now = clock.now();
  const open = openPaymentOf(context, invoice.id);
  if (open !== undefined) {
    const payment = store.invoicePayments.replace({
      ...open,
      amount_paid: open.amount_requested,
      status: "paid",
      status_transitions: { canceled_at: null, paid_at: now },
    });
    events.emit("invoice_payment.paid", payment, context);
  }
  const paid = store.invoices.replace({
    ...invoice,
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempt_count: open === undefined ? invoice.attempt_count : Math.max(1, invoice.attempt_count),
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: "paid",
    status_transitions: { ...invoice.status_transitions, paid_at: now },
  });
  events.emit("invoice.paid", paid, context);
  events.emit("invoice.payment_succeeded", paid, context);
  markDelinquent(context, paid, false);
  recover(context, paid);
  return paid;
}

/** A customer is delinquent while their latest invoice could not be collected: `customer.updated`. */
export function markDelinquent(context: Context, { customer }: Stripe.Invoice, delinquent: boolean): void {
  const { store, events, origin } = context;
  const before = store.customers.read(idOf(customer) ?? "");
  if (before === undefined || before.delinquent === delinquent) return;
  const changed = store.customers.replace({ ...before, delinquent });
  events.emit("customer.updated", changed, { origin, previous: before });
}

/** A subscription that was past due or unpaid is active again once its latest invoice is settled. */
export function recover(context: Context, invoice: Stripe.Invoice): void {
  const subscription = context.store.subscriptions.read(subscriptionOf(invoice) ?? "");
  if (subscription === undefined || idOf(subscription.latest_invoice) !== invoice.id) return;
  if (subscription.status !== "past_due" && subscription.status !== "unpaid") return;
  replaceSubscription(context, subscription, { ...subscription, status: "active" });
}
