import { Stripe } from "stripe";
import { newId } from "../../platform/ids.ts";

/** What a line of a credit note credits: a line of its invoice, or something else. */
export interface CreditedLine {
  invoiceLineId: string | null;
  description: string | null;
  quantity: number | null;
  unitAmount: number | null;
  /** Before discounts. */
  amount: number;
  discount: number;
  metadata: Record<string, string>;
}

/** A line of a credit note as Stripe shows it, see https://docs.stripe.com/api/credit_notes/line_item. */
export function newCreditNoteLine(line: CreditedLine): Stripe.CreditNoteLineItem {
  const { invoiceLineId, unitAmount } = line;
  return {
    id: newId("cnli"),
    object: "credit_note_line_item",
    amount: line.amount,
    description: line.description,
    discount_amount: line.discount,
    discount_amounts: [],
    ...(invoiceLineId !== null && { invoice_line_item: invoiceLineId }),
    livemode: false,
    metadata: line.metadata,
    pretax_credit_amounts: [],
    quantity: line.quantity,
    tax_rates: [],
    taxes: [],
    type: invoiceLineId === null ? "custom_line_item" : "invoice_line_item",
    unit_amount: unitAmount,
    unit_amount_decimal: unitAmount === null ? null : Stripe.Decimal.from(unitAmount),
  };
}
