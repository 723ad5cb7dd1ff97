/** At least and at most so many credits; the same number unless the provider's objects leave it open. */
export interface Range {
  least: number;
  most: number;
}

/** What the law needs to know of an invoice's line, from the provider's own objects. Times are in milliseconds. */
export interface LawLine {
  lineId: string;
  productId: string;
  quantity: number;
  /** Credits that one unit and one period were worth when they were sold. */
  worthPerUnit: Range;
  /** What was billed for a whole period, or the rest of one after a change, or what a change gives back. */
  kind: "full" | "debit" | "credit";
  /** How much of its price's period it is for, from 0 to 1. */
  share: number;
  /** Minor units of that share before discounts. Always positive. */
  gross: number;
  /** The price has an amount and none was asked, without a discount. */
  isTrial: boolean;
  /** A discount applied to it. */
  isDiscounted: boolean;
  /** No money was asked, or given back: the price is 0, or discounts took all of it. */
  isFree: boolean;
  start: number;
  end: number;
  /** For a credit: the lines that billed what it gives back, also if the provider does not name them. */
  origins: LawLine[];
  /** For a credit: made from what the item costs now, not from what was billed for it. */
  isClassic: boolean;
}

/** An invoice, or a one-time order as an invoice of its lines. Money is in minor units. */
export interface LawInvoice {
  invoiceId: string;
  userId: string;
  isPaid: boolean;
  /** When it was paid; ties keep the order of the list. */
  paidAt: number;
  lines: LawLine[];
  /** Its total after discounts, at least 0. */
  asked: number;
  /** What of that was credited before it was paid, refunded, credited after it was paid, or lost in disputes. */
  gone: number;
  /** For a one-time order: how often one user may have it for free. */
  freeTimes?: number;
}

/** What payments may have given a user, before spending and expiry. */
export interface Bounds extends Range {
  /** Each line may be rounded by less than one credit. */
  lines: number;
}

export type Law = Map<string, Bounds>;
