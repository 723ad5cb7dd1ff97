import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { customerReference } from "../customers/customers.ts";
import { reference, unset, type Expansions } from "../store/expansions.ts";
import { idOf, type Store } from "../store/store.ts";

export const creditNoteExpansions: Expansions = {
  credit_note: {
    customer: customerReference,
    customer_balance_transaction: reference("balanceTransactions"),
    invoice: reference("invoices"),
    shipping_cost: unset,
  },
  // The entries of `refunds` have no kind of their own.
  "": { refund: reference("refunds") },
};

/** What a new credit note is made of. */
export interface CreditNoteSeed {
  invoice: Stripe.Invoice;
  lines: readonly Stripe.CreditNoteLineItem[];
  /** How much it takes off what was still to be paid, and how much it gives back of what was paid. */
  prePayment: number;
  postPayment: number;
  outOfBand: number | null;
  refunds: readonly { refundId: string; amount: number }[];
  balanceTransactionId: string | null;
  number: string;
  effectiveAt: number;
  memo: string | null;
  metadata: Record<string, string>;
  reason: string | null;
  now: number;
}

export function newCreditNoteId(): string {
  return newId("cn");
}

/** A new credit note as Stripe shows it, see https://docs.stripe.com/api/credit_notes/object. */
export function newCreditNote(id: string, seed: CreditNoteSeed): Stripe.CreditNote {
  const { invoice, lines, prePayment, postPayment } = seed;
  const amount = prePayment + postPayment;
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0);
  return {
    id,
    object: "credit_note",
    ...fixedFields,
    amount,
    created: seed.now,
    currency: invoice.currency,
    customer: idOf(invoice.customer) ?? "",
    customer_balance_transaction: seed.balanceTransactionId,
    discount_amount: subtotal - amount,
    effective_at: seed.effectiveAt,
    invoice: invoice.id,
    lines: { object: "list", data: [...lines], has_more: false, url: `/v1/credit_notes/${id}/lines` },
    memo: seed.memo,
    metadata: seed.metadata,
    number: seed.number,
    out_of_band_amount: seed.outOfBand,
    post_payment_amount: postPayment,
    pre_payment_amount: prePayment,
    reason: seed.reason,
    refunds: seed.refunds.map(({ refundId, amount: refunded }) => ({
      amount_refunded: refunded,
      payment_record_refund: null,
      refund: refundId,
      type: "refund",
    })),
    subtotal,
    subtotal_excluding_tax: subtotal,
    total: amount,
    total_excluding_tax: amount,
    type: prePayment === 0 ? "post_payment" : postPayment === 0 ? "pre_payment" : "mixed",
  };
}

/** What is the same for every credit note when it is new. */
const fixedFields = {
  amount_shipping: 0,
  customer_account: null,
  discount_amounts: [],
  livemode: false,
  pdf: "",
  pretax_credit_amounts: [],
  shipping_cost: null,
  status: "issued",
  total_taxes: [],
  voided_at: null,
} satisfies Partial<Stripe.CreditNote>;

/** The credit note, or Stripe's 404. */
export function requireCreditNote({ store }: { store: Store }, id: string): Stripe.CreditNote {
  const note = store.creditNotes.read(id);
  if (note === undefined) throw missingObject("credit note", id);
  return note;
}

/** All credit notes of an invoice, void ones too, newest first. */
export function creditNotesOf(store: Store, invoiceId: string): Stripe.CreditNote[] {
  return store.creditNotes.page({ limit: Infinity, index: { name: "invoice", values: [invoiceId] } }).data;
}
