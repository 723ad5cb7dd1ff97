import type { Stripe } from "stripe";
import { openPaymentOf } from "../../objects/billing/invoicePayments.ts";
import { idOf } from "../../objects/store/store.ts";
import { cancelPayment } from "../billing/finalize.ts";
import { settleInvoice } from "../billing/invoices.ts";
import type { Context } from "../context/context.ts";

/**
 * What an issued note does to its invoice: `invoice.updated`. One for all that was left to be paid makes the invoice
 * paid, with nothing charged, see https://docs.stripe.com/invoicing/dashboard/credit-notes.
 */
export function applyToInvoice(context: Context, invoice: Stripe.Invoice, note: Stripe.CreditNote): void {
  const { pre_payment_amount: before, post_payment_amount: after } = note;
  const changed = changeAmounts(context, invoice, { before, after });
  if (before === 0) return;
  if (changed.amount_remaining > 0) {
    askForRest(context, changed);
    return;
  }
  cancelPayment(context, changed);
  settleInvoice(context, changed);
}

/** Takes back what a note did to an open invoice: `invoice.updated`. */
export function restoreInvoice(context: Context, invoice: Stripe.Invoice, note: Stripe.CreditNote): void {
  askForRest(context, changeAmounts(context, invoice, { before: -note.pre_payment_amount, after: 0 }));
}

function changeAmounts(
  { store, events, origin }: Context,
  invoice: Stripe.Invoice,
  { before, after }: { before: number; after: number },
): Stripe.Invoice {
  const changed = store.invoices.replace({
    ...invoice,
    amount_due: invoice.amount_due - before,
    amount_remaining: invoice.amount_remaining - before,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + after,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + before,
  });
  events.emit("invoice.updated", changed, { origin, previous: invoice });
  return changed;
}

/** The payment that an open invoice waits for asks for what remains. */
function askForRest(context: Context, { id, amount_remaining: amount }: Stripe.Invoice): void {
  const { store } = context;
  const payment = openPaymentOf(context, id);
  const intent = store.paymentIntents.read(idOf(payment?.payment.payment_intent) ?? "");
  if (payment === undefined || intent === undefined) return;
  store.invoicePayments.replace({ ...payment, amount_requested: amount });
  store.paymentIntents.replace({ ...intent, amount });
}
