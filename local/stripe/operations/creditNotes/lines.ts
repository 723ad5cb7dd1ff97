import type { Stripe } from "stripe";
import { creditNotesOf } from "../../objects/creditNotes/creditNotes.ts";
import { newCreditNoteLine } from "../../objects/creditNotes/lines.ts";
import {
  exclusiveParameters,
  invalidRequest,
  missingObject,
  missingParameter,
} from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { integer, list, object, oneOf, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";

const lineFields = {
  type: oneOf("invoice_line_item", "custom_line_item"),
  invoice_line_item: string(),
  amount: integer({ min: 1 }),
  quantity: integer({ min: 1 }),
  unit_amount: integer({ min: 1 }),
  description: string(),
  metadata,
};

export const lineParams = { amount: integer({ min: 1 }), lines: list(object(lineFields)) };

/**
 * The lines of a new credit note: those given, or one for the amount given.
 *
 * @throws ApiError if a line credits what its invoice does not have, or more than is left of it.
 */
export function toCreditNoteLines(
  context: Context,
  invoice: Stripe.Invoice,
  { amount, lines }: Decoded<typeof lineParams>,
): Stripe.CreditNoteLineItem[] {
  if (amount !== undefined && lines !== undefined) throw exclusiveParameters("amount", "lines");
  if (amount !== undefined) return [newCreditNoteLine({ ...customLine, unitAmount: amount, amount })];
  if (lines === undefined || lines.length === 0) {
    throw invalidRequest("You must specify one of `amount`, `lines`, or `shipping_cost`.", {
      code: "parameter_missing",
      param: "amount",
    });
  }
  return lines.map((line, place) => toLine(context, invoice, line, `lines[${place}]`));
}

const customLine = { invoiceLineId: null, description: null, quantity: 1, discount: 0, metadata: {} };

function toLine(
  context: Context,
  invoice: Stripe.Invoice,
  line: Decoded<typeof lineFields>,
  param: string,
): Stripe.CreditNoteLineItem {
  if (line.type === undefined) throw missingParameter(`${param}[type]`);
  if (line.type === "invoice_line_item") return toInvoiceLine(context, invoice, line, param);
  const { unit_amount: unitAmount, description, quantity = 1 } = line;
  if (unitAmount === undefined) throw missingParameter(`${param}[unit_amount]`);
  if (description === undefined) throw missingParameter(`${param}[description]`);
  const amount = unitAmount * quantity;
  const given = mergeMetadata({}, line.metadata);
  return newCreditNoteLine({ ...customLine, description, quantity, unitAmount, amount, metadata: given });
}

function toInvoiceLine(
  { store }: Context,
  invoice: Stripe.Invoice,
  line: Decoded<typeof lineFields>,
  param: string,
): Stripe.CreditNoteLineItem {
  const { invoice_line_item: id, amount: asked, quantity } = line;
  if (id === undefined) throw missingParameter(`${param}[invoice_line_item]`);
  const billed = invoice.lines.data.find((each) => each.id === id);
  if (billed === undefined) throw missingObject("invoice line item", id, `${param}[invoice_line_item]`);
  if ((asked === undefined) === (quantity === undefined)) {
    throw exclusiveParameters(`${param}[amount]`, `${param}[quantity]`);
  }
  const amount = asked ?? Math.round((billed.amount * (quantity ?? 0)) / (billed.quantity ?? 1));
  const credited = creditNotesOf(store, invoice.id)
    .filter(({ status }) => status === "issued")
    .flatMap(({ lines }) => lines.data.filter((each) => each.invoice_line_item === id))
    .reduce((sum, each) => sum + each.amount, 0);
  if (amount > billed.amount - credited) {
    throw invalidRequest(`The amount to credit is greater than what is left of line item ${id}.`, { param });
  }
  const off = (billed.discount_amounts ?? []).reduce((sum, discount) => sum + discount.amount, 0);
  return newCreditNoteLine({
    invoiceLineId: id,
    description: billed.description,
    quantity: quantity ?? null,
    unitAmount: quantity === undefined ? null : amount / quantity,
    amount,
    discount: Math.round((off * amount) / billed.amount),
    metadata: mergeMetadata({}, line.metadata),
  });
}
