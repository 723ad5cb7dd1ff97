import type { InvoiceLine, InvoiceNews } from "../../functions/src/adapters/paymentAdapter.ts";
import { noFacts } from "../../functions/src/model/facts.ts";
import type { LinePrice } from "../../functions/src/invoices/lineWorth.ts";

/** A moment by days: 0 is 2030-01-01. */
export function day(days: number): Date {
  return new Date(Date.UTC(2030, 0, 1) + days * 86_400_000);
}

/** The full line of a plan for 19.00, from day 0 to day 30, unless told otherwise. */
export function buildLine(fields: Partial<InvoiceLine> = {}): InvoiceLine {
  return {
    lineId: "il_1",
    itemId: "si_1",
    productId: "prod_small",
    priceId: "price_small",
    quantity: 1,
    kind: "full",
    amount: 1_900,
    discount: 0,
    isDiscounted: false,
    period: { start: day(0), end: day(30) },
    credited: undefined,
    ...fields,
  };
}

/** A monthly price. */
export function buildLinePrice(fields: { credits: number; unitAmount: number | undefined }): LinePrice {
  return {
    worth: { creditsAmount: fields.credits, subscriptionDays: null },
    unitAmount: fields.unitAmount,
    isFree: fields.unitAmount === 0,
    interval: "month",
    intervalCount: 1,
  };
}

/** A renewal of that plan, in euros. */
export function buildInvoice(fields: Partial<InvoiceNews> = {}): InvoiceNews {
  return {
    key: "in_1",
    order: undefined,
    isOriginalOrder: true,
    isFirst: false,
    amount: 1_900,
    currency: "eur",
    lines: [buildLine()],
    facts: noFacts,
    providerData: {},
    metadata: {},
    ...fields,
  };
}
