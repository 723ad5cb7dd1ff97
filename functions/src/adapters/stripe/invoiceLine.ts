import type { Stripe } from "stripe";
import type { CreditedLines, InvoiceLine, LineKind } from "../paymentAdapter.ts";
import { toDate, toId } from "./checkout.ts";

/**
 * A line that bills or gives back a price; undefined for one without a price. Full lines are gross. The lines of a change
 * are gross if the subscription itemizes their discounts, and otherwise net of them; classic billing does not even name
 * the discounts there, so that those of the invoice tell.
 * Source: https://docs.stripe.com/changelog/clover/2025-09-30/itemize-proration-discount-amounts
 */
export function toInvoiceLine(
  line: Stripe.InvoiceLineItem,
  invoice: Pick<Stripe.Invoice, "discounts">,
): [InvoiceLine] | undefined {
  const { price_details: price } = line.pricing ?? {};
  const priceId = toId(price?.price);
  if (!price || priceId === undefined) return undefined;
  const discount = sum(line.discount_amounts ?? []);
  const kind = toKind(line);
  const isNet = kind !== "full" && invoice.discounts.length > 0;
  return [
    {
      lineId: line.id,
      itemId: line.parent?.subscription_item_details?.subscription_item,
      productId: price.product,
      priceId,
      quantity: line.quantity ?? 1,
      kind,
      amount: line.amount,
      discount,
      isDiscounted: discount !== 0 || line.discounts.length > 0 || isNet,
      period: { start: toDate(line.period.start), end: toDate(line.period.end) },
      credited: toCredited(line),
    },
  ];
}

/** The credit of something free has no sign; what it credits tells. */
function toKind(line: Stripe.InvoiceLineItem): LineKind {
  if (!toDetails(line)?.proration) return line.amount < 0 ? "credit" : "full";
  return line.amount < 0 || toCredited(line) !== undefined ? "credit" : "debit";
}

function toCredited(line: Stripe.InvoiceLineItem): CreditedLines | undefined {
  const credited = toDetails(line)?.proration_details?.credited_items;
  return credited ? { invoiceId: credited.invoice, lineIds: credited.invoice_line_items } : undefined;
}

/** A line for a change is made from an invoice item, whichever of the two shapes says so. */
function toDetails({ parent }: Stripe.InvoiceLineItem) {
  return parent?.subscription_item_details ?? parent?.invoice_item_details ?? undefined;
}

function sum(amounts: readonly { amount: number }[]): number {
  return amounts.reduce((total, { amount }) => total + amount, 0);
}
