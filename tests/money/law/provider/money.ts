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
  return charge.amount_refunded + (await readWithdrawn({ stripe }, charge));
}

/**
 * What disputes took from a charge for good, in its currency: what moved on the balance, whatever a dispute is called. Its
 * amount may be in another currency; the balance has the charge's at local Stripe.
 * Source: https://docs.stripe.com/api/disputes/object#dispute_object-balance_transactions
 */
export async function readWithdrawn(
  { stripe }: Pick<Merchant, "stripe">,
  charge: Stripe.Charge,
): Promise<number> {
  const disputes = await readAll(stripe.disputes.list({ charge: charge.id, limit: 100 }));
  const over = disputes.filter(({ status }) => ["lost", "prevented"].includes(status));
  const moved = over.flatMap((dispute) => dispute.balance_transactions);
  return Math.max(0, -moved.reduce((sum, { amount }) => sum + amount, 0));
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
