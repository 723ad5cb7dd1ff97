import type { Stripe } from "stripe";
import { requireInvoice } from "../../objects/billing/invoices.ts";
import { requireCreditNote } from "../../objects/creditNotes/creditNotes.ts";
import { idOf } from "../../objects/store/store.ts";
import { invalidRequest } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import { restoreInvoice } from "./applyToInvoice.ts";

export const updateFields = { memo: string(), metadata };

/** Changes what a note says about itself: `credit_note.updated`. */
export function updateCreditNote(
  context: Context,
  params: Decoded<typeof updateFields>,
  id: string,
): Stripe.CreditNote {
  const { store, events, origin } = context;
  const before = requireCreditNote(context, id);
  const changed = {
    ...before,
    memo: params.memo ?? before.memo,
    metadata: mergeMetadata(before.metadata ?? {}, params.metadata === undefined ? {} : params.metadata),
  };
  if (JSON.stringify(changed) === JSON.stringify(before)) return before;
  const note = store.creditNotes.replace(changed);
  events.emit("credit_note.updated", note, { origin, previous: before });
  return note;
}

/**
 * Voids a note while its invoice is open: `credit_note.voided`. What it took off has to be paid again.
 * Source: https://docs.stripe.com/invoicing/dashboard/credit-notes#void-a-credit-note
 *
 * @throws ApiError if the note is void, if its invoice is no longer open, or if it gave something back.
 */
export function voidCreditNote(context: Context, _params: object, id: string): Stripe.CreditNote {
  const { store, events, clock } = context;
  const before = requireCreditNote(context, id);
  const invoice = requireInvoice(context, idOf(before.invoice) ?? "");
  if (before.status === "void") throw invalidRequest("This credit note is already void.");
  if (invoice.status !== "open") {
    throw invalidRequest(
      `You can only void a credit note if its invoice is open. This invoice is ${invoice.status}.`,
    );
  }
  if (before.post_payment_amount > 0) {
    throw invalidRequest("You cannot void a credit note that gave back what was paid.");
  }
  const note = store.creditNotes.replace({ ...before, status: "void", voided_at: clock.now() });
  events.emit("credit_note.voided", note, context);
  restoreInvoice(context, invoice, note);
  return note;
}
