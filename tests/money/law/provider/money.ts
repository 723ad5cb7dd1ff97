import type { Stripe } from "stripe";
import { readAll, toId, type Merchant } from "./pages.ts";

type Intents = ReadonlyMap<string, Stripe.PaymentIntent>;

/** Payments by id with their charges, in few calls; of one customer, or all. */
export async function readIntents(
  { stripe }: Merchant,
  wanted: { customer?: string },
): Promise<Map<string, Stripe.PaymentIntent>> {
  const list = stripe.paymentIntents.list({ ...wanted, limit: 100, expand: ["data.latest_charge"] });
  return new Map((await readAll(list)).map((intent) => [intent.id, intent]));
}

/** Minor units of one payment that refunds gave back, or that lost disputes withdrew. */
export async function readGone({ stripe }: Merchant, intents: Intents, id: string): Promise<number> {
  const { latest_charge: charge } =
    intents.get(id) ?? (await stripe.paymentIntents.retrieve(id, { expand: ["latest_charge"] }));
  if (typeof charge !== "object" || charge === null) return 0;
  if (!charge.disputed) return charge.amount_refunded;
  const disputes = await readAll(stripe.disputes.list({ payment_intent: id, limit: 100 }));
  return disputes.reduce((sum, dispute) => sum + toWithdrawn(dispute, charge), charge.amount_refunded);
}

/**
 * What a dispute withdrew for good. Its amount may be in another currency than the charge's; what moved on the balance is
 * in the balance's. Source: https://docs.stripe.com/api/disputes/object
 */
function toWithdrawn(
  { status, amount, currency, balance_transactions: moved }: Stripe.Dispute,
  charge: Stripe.Charge,
): number {
  const withdrawn = -moved.reduce((sum, transaction) => sum + transaction.amount, 0);
  if (status === "prevented") return Math.max(0, withdrawn);
  if (status !== "lost") return 0;
  return currency === charge.currency ? amount : withdrawn;
}

/** Minor units of an invoice that went back in any way, or were credited before it was paid. */
export async function readInvoiceGone(
  merchant: Merchant,
  intents: Intents,
  invoice: Stripe.Invoice,
): Promise<number> {
  const payments = invoice.payments?.data ?? [];
  const intentIds = payments.map(({ payment }) => toId(payment.payment_intent)).filter((id) => id !== "");
  const returned = await Promise.all(intentIds.map((id) => readGone(merchant, intents, id)));
  const credited = await readCredited(merchant, invoice);
  return returned.reduce((sum, amount) => sum + amount, invoice.pre_payment_credit_notes_amount + credited);
}

/** What credit notes gave back after the payment, without what they refunded: that is a refund of the payment. */
export async function readCredited({ stripe }: Merchant, invoice: Stripe.Invoice): Promise<number> {
  if (invoice.post_payment_credit_notes_amount === 0) return 0;
  const notes = await readAll(stripe.creditNotes.list({ invoice: toId(invoice), limit: 100 }));
  return notes
    .filter(({ status }) => status === "issued")
    .reduce((sum, { post_payment_amount: amount, refunds }) => sum + amount - toRefunded(refunds), 0);
}

function toRefunded(refunds: Stripe.CreditNote["refunds"]): number {
  return refunds.reduce((sum, { amount_refunded: amount }) => sum + amount, 0);
}
