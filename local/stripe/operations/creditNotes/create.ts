import type { Stripe } from "stripe";
import { creditNotesOf, newCreditNote, newCreditNoteId } from "../../objects/creditNotes/creditNotes.ts";
import { requireCustomer } from "../../objects/customers/customers.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { integer, oneOf, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import { changeBalance } from "../customers/balance.ts";
import { createRefund } from "../refunds/create.ts";
import { applyToInvoice } from "./applyToInvoice.ts";
import { lineParams, toCreditNoteLines } from "./lines.ts";
import { splitAmount, splitParams, type LinkedRefund, type Split } from "./split.ts";

export const createFields = {
  invoice: string(),
  ...lineParams,
  ...splitParams,
  effective_at: integer({ min: 0 }),
  email_type: oneOf("credit_note", "none"),
  memo: string(),
  metadata,
  reason: oneOf("duplicate", "fraudulent", "order_change", "product_unsatisfactory"),
};

type CreateParams = Decoded<typeof createFields>;

/**
 * Issues a credit note: its refund, its credit to the balance, `credit_note.created`, and what it does to the invoice.
 *
 * @throws ApiError if the invoice is not finalized or is given up, or if the amounts are not right.
 */
export function createCreditNote(context: Context, params: CreateParams): Stripe.CreditNote {
  const { store, events, clock } = context;
  const invoice = requireCreditable(context, params.invoice);
  const lines = toCreditNoteLines(context, invoice, params);
  const amount = lines.reduce((sum, line) => sum + line.amount - line.discount_amount, 0);
  const split = splitAmount(context, invoice, { amount, params });
  const id = newCreditNoteId();
  const refunds = [...split.linked, ...makeRefund(context, split, params.refund_amount)];
  const balanceTransactionId = creditBalance(context, invoice, { id, amount: params.credit_amount });
  const now = clock.now();
  const sequence = creditNotesOf(store, invoice.id).length + 1;
  const note = store.creditNotes.insert(
    newCreditNote(id, {
      invoice,
      lines,
      prePayment: split.prePayment,
      postPayment: split.postPayment,
      outOfBand: params.out_of_band_amount ?? null,
      refunds,
      balanceTransactionId,
      number: `${invoice.number ?? invoice.id}-CN-${String(sequence).padStart(2, "0")}`,
      effectiveAt: params.effective_at ?? now,
      memo: params.memo ?? null,
      metadata: mergeMetadata({}, params.metadata),
      reason: params.reason ?? null,
      now,
    }),
  );
  events.emit("credit_note.created", note, context);
  applyToInvoice(context, invoice, note);
  return note;
}

function requireCreditable({ store }: Context, id: string | undefined): Stripe.Invoice {
  if (id === undefined) throw missingParameter("invoice");
  const invoice = store.invoices.read(id);
  if (invoice === undefined) throw missingObject("invoice", id, "invoice");
  if (invoice.status === "open" || invoice.status === "paid") return invoice;
  throw invalidRequest(
    `Credit notes adjust invoices that are open or paid. This invoice is ${invoice.status}.`,
    { param: "invoice" },
  );
}

function makeRefund(context: Context, { charge }: Split, amount: number | undefined): LinkedRefund[] {
  if (amount === undefined || amount === 0 || charge === undefined) return [];
  return [{ refundId: createRefund(context, charge, { amount }).id, amount }];
}

function creditBalance(
  context: Context,
  invoice: Stripe.Invoice,
  { id, amount }: { id: string; amount: number | undefined },
): string | null {
  if (amount === undefined || amount === 0) return null;
  const customer = requireCustomer(context, invoice.customer);
  const { currency } = invoice;
  const change = {
    amount: -amount,
    type: "credit_note",
    currency,
    invoice: invoice.id,
    creditNote: id,
  } as const;
  return changeBalance(context, customer, change).id;
}
