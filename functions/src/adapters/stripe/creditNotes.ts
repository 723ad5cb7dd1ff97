import type { Stripe } from "stripe";
import type { CreditNoteFact, PaymentFacts } from "../../contract/documents.ts";
import { noFacts } from "../../model/facts.ts";
import type { PaymentUpdate } from "../paymentAdapter.ts";
import { toDate, toId } from "./checkout.ts";

/** A credit note as news of its invoice. Source: https://docs.stripe.com/api/credit_notes/object */
export function toCreditNoteUpdate(note: Stripe.CreditNote): PaymentUpdate | undefined {
  const key = toId(note.invoice);
  return key === undefined ? undefined : { key, facts: toCreditNoteFacts([note]) };
}

export function toCreditNoteFacts(notes: readonly Stripe.CreditNote[]): PaymentFacts {
  return { ...noFacts, creditNotes: Object.fromEntries(notes.map((note) => [note.id, toFact(note)])) };
}

/** Whether there are notes to be listed: an invoice says only what they sum up to, and nothing of those that are void. */
export function hasCreditNotes(invoice: Stripe.Invoice): boolean {
  return invoice.pre_payment_credit_notes_amount > 0 || invoice.post_payment_credit_notes_amount > 0;
}

function toFact(note: Stripe.CreditNote): CreditNoteFact {
  const { pre_payment_amount: prePayment, post_payment_amount: postPayment } = note;
  return {
    state: note.status === "void" ? "void" : "issued",
    prePayment,
    postPayment: Math.max(0, postPayment - toAmountRefunded(note)),
    at: toDate(note.voided_at ?? note.created),
  };
}

/** What comes as refunds of the payment; one that was made outside of Stripe has no refund object. */
function toAmountRefunded({ refunds }: Stripe.CreditNote): number {
  return refunds
    .filter(({ type }) => type !== "payment_record_refund")
    .reduce((sum, { amount_refunded: amount }) => sum + amount, 0);
}
