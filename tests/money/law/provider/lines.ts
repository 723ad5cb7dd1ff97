import type { Stripe } from "stripe";
import type { LawLine } from "../types.ts";
import { toPeriodStart } from "./periods.ts";
import { toWorthPerUnit, type LawPrice } from "./prices.ts";
import { toId } from "./pages.ts";

/** A line of an invoice with what is needed to understand it. */
export interface BilledLine {
  line: Stripe.InvoiceLineItem;
  price: LawPrice;
  invoice: Stripe.Invoice;
  order: Stripe.Metadata | null | undefined;
  isClassic: boolean;
}

/**
 * All lines of one subscription's invoices, oldest first. Shares of a period are told by time: the lines of a change are
 * compared with the whole period that ends with them.
 */
export function toLawLines(billed: readonly BilledLine[]): Map<Stripe.InvoiceLineItem, LawLine> {
  const made = new Map<Stripe.InvoiceLineItem, LawLine>();
  for (const [index, own] of billed.entries()) {
    const before = billed.slice(0, index);
    const origins = toKind(own.line) === "credit" ? findOrigins(own, before) : [];
    const lawLines = origins.flatMap(({ line }) => made.get(line) ?? []);
    made.set(own.line, toLawLine(own, { origins: lawLines, wholes: billed }));
  }
  return made;
}

function toLawLine(
  { line, price, invoice, order, isClassic }: BilledLine,
  { origins, wholes }: { origins: LawLine[]; wholes: readonly BilledLine[] },
): LawLine {
  const kind = toKind(line);
  const quantity = line.quantity ?? 1;
  const share = kind === "full" ? 1 : toShare({ line, price }, wholes);
  const priceId = toId(line.pricing?.price_details?.price);
  const { unitAmount } = price;
  const discount = (line.discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  const isTrial = kind === "full" && line.amount === 0 && unitAmount > 0;
  return {
    lineId: line.id,
    productId: price.productId,
    quantity,
    kind,
    share,
    origins,
    isClassic,
    isTrial,
    worthPerUnit: toWorthPerUnit(price, priceId, order),
    gross: unitAmount * quantity * share,
    isDiscounted: discount !== 0 || line.discounts.length > 0 || invoice.discounts.length > 0,
    isFree: !isTrial && line.amount - discount === 0,
    start: line.period.start * 1_000,
    end: line.period.end * 1_000,
  };
}

/** A credit of 0 has no sign; Stripe's text tells what it is. */
function toKind(line: Stripe.InvoiceLineItem): LawLine["kind"] {
  const isCredit = line.amount < 0 || toNamed(line).length > 0 || line.description?.startsWith("Unused time");
  if (isCredit) return "credit";
  return toDetails(line)?.proration ? "debit" : "full";
}

/** What a credit gives back: what it names, or the last line that billed the same item until the same end. */
function findOrigins({ line }: BilledLine, before: readonly BilledLine[]): readonly BilledLine[] {
  const named = toNamed(line);
  if (named.length > 0) return before.filter((other) => named.includes(other.line.id));
  const last = before.findLast(
    (other) =>
      toKind(other.line) !== "credit" &&
      toItemId(other.line) === toItemId(line) &&
      other.line.period.end === line.period.end,
  );
  return last ? [last] : [];
}

function toShare(
  { line: { period }, price }: Pick<BilledLine, "line" | "price">,
  wholes: readonly BilledLine[],
): number {
  const whole = wholes.find(({ line }) => toKind(line) === "full" && line.period.end === period.end);
  const start = whole?.line.period.start ?? toPeriodStart(period.end, price.recurring);
  return (period.end - period.start) / (period.end - start);
}

function toNamed(line: Stripe.InvoiceLineItem): string[] {
  return toDetails(line)?.proration_details?.credited_items?.invoice_line_items ?? [];
}

function toItemId(line: Stripe.InvoiceLineItem): string | undefined {
  return line.parent?.subscription_item_details?.subscription_item;
}

function toDetails({ parent }: Stripe.InvoiceLineItem) {
  return parent?.subscription_item_details ?? parent?.invoice_item_details ?? undefined;
}
