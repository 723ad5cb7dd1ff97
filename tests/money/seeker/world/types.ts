import type { Currency } from "./catalogue.ts";

/** How a subscription bills changes: flexible, with its discounts itemized in prorations or included, or classic. */
export const namingModes = ["itemized", "included", "classic"] as const;
/**
 * Until API version 2026-09-30.endive classic credits do not name what they credit (`unnamed`).
 * Source: https://docs.stripe.com/changelog/endive/2026-09-30/invoice-items-proration-details
 */
export type Mode = (typeof namingModes)[number] | "unnamed";

export const behaviors = ["always_invoice", "create_prorations", "none"] as const;
export type Behavior = (typeof behaviors)[number];

export const durations = ["once", "repeating", "forever"] as const;
export interface Coupon {
  percent: number;
  duration: (typeof durations)[number];
}

/** A line as Stripe shows it, and in `truth` what is so, whatever it shows. Times are in milliseconds. */
export interface WorldLine {
  lineId: string;
  itemId: string;
  productId: string;
  priceId: string;
  quantity: number;
  /** As far as Stripe shows it: a credit of 0 that names nothing looks like a debit. */
  kind: "full" | "debit" | "credit";
  amount: number;
  discount: number;
  isDiscounted: boolean;
  period: { start: number; end: number };
  /** The lines that a credit names. */
  credited: { invoiceId: string; lineIds: string[] } | null;
  /** Null while it waits for the next invoice. */
  invoiceId: string | null;
  truth: Truth;
}

export interface Truth {
  kind: "full" | "debit" | "credit";
  /** How much of its price's period it is for. */
  share: number;
  /** Minor units before and after discounts, rounded as Stripe rounds them; negative for a credit. */
  gross: number;
  net: number;
  isTrial: boolean;
  isClassic: boolean;
  /** The line that billed what a credit gives back. */
  origin: WorldLine | null;
}

export interface Note {
  noteId: string;
  /** `pre` lowers an open invoice; the others give back what was paid. */
  kind: "pre" | "balance" | "out_of_band";
  amount: number;
  isVoid: boolean;
}

/** An invoice, or a one-time order as one of a single line. */
export interface WorldInvoice {
  invoiceId: string;
  userId: string;
  /** The user whose balance pays it and gets what it gives back. */
  payerId: string;
  subscriptionId: string | null;
  currency: Currency;
  isFirst: boolean;
  lines: WorldLine[];
  status: "open" | "paid" | "void";
  total: number;
  balanceUsed: number;
  cardPaid: number;
  refunds: number[];
  disputesLost: number[];
  notes: Note[];
  createdAt: number;
  paidAt: number | null;
}

export interface WorldSubscription {
  subscriptionId: string;
  itemId: string;
  userId: string;
  payerId: string;
  mode: Mode;
  currency: Currency;
  status: "trialing" | "active" | "canceled";
  priceId: string;
  quantity: number;
  anchor: number;
  period: { start: number; end: number };
  coupon: (Coupon & { until: number }) | null;
  cancelsAtEnd: boolean;
  /** What billed the item for the current period; null if nothing did. */
  debit: WorldLine | null;
  /** Prorations that wait for the next invoice. */
  pending: WorldLine[];
}
