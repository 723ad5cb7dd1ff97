import type { InvoiceLine, Period } from "../adapters/paymentAdapter.ts";
import type { PriceInterval } from "../contract/codes.ts";
import type { PaymentLine, Worth } from "../contract/documents.ts";
import { toPeriodStart } from "./calendar.ts";
import { withCredits } from "./credits.ts";

/** A price as the lines of an invoice need it. */
export interface LinePrice {
  /** What one unit is worth for one period. */
  worth: Worth;
  /** Minor units of one unit in the invoice's currency; undefined if the price has none in it. */
  unitAmount: number | undefined;
  isFree: boolean;
  interval: PriceInterval | null;
  intervalCount: number;
}

/** A line that was worth something on an earlier invoice. */
export type KnownLine = Omit<PaymentLine, "priceId">;

/** What the lines of an invoice follow from, beside themselves. */
export interface LineSources {
  /** Undefined if the line is worth nothing: it was not sold for credits. */
  readPrice: (line: InvoiceLine) => LinePrice | undefined;
  /** The lines that a credit gives back; empty if they are not known. */
  readCredited: (line: InvoiceLine) => readonly KnownLine[];
}

/** What a line is worth in credits, not rounded. `share`: how much of a whole period it is for. */
export interface LineWorth {
  line: InvoiceLine;
  credits: number;
  share: number;
  /** Whether no money was asked for it, so that its credits are given only under the rule for free ones. */
  isFree: boolean;
  /** The free line of the same invoice that it gives back: it takes nothing unless that one counts. */
  givesBack?: string;
}

/**
 * What each line of an invoice is worth. A whole period is worth what its units are; the lines of a change are worth
 * their part of it by money, since that is what is paid and given back, or by time if a discount hides the money. What a
 * credit gives back is a part of what the credited lines were worth.
 */
export function toLineWorths(shown: readonly InvoiceLine[], sources: LineSources): LineWorth[] {
  const lines = withCredits(shown);
  const invoice: Invoice = { lines, sources, visited: new Set(), shares: new Map() };
  return lines.map((line) => toWorthOf(invoice, line));
}

interface Invoice {
  lines: readonly InvoiceLine[];
  sources: LineSources;
  /** The lines whose share is being computed, to stop at a circle. */
  visited: Set<InvoiceLine>;
  /** What is computed already: one change follows from the one before. */
  shares: Map<InvoiceLine, number>;
}

type Credits = Pick<LineWorth, "credits" | "isFree" | "givesBack">;

function toCredits(invoice: Invoice, line: InvoiceLine, share: number): Credits {
  const price = invoice.sources.readPrice(line);
  if (line.kind === "credit") {
    const pending = findPending(invoice, line);
    const isOfFree = pending !== undefined && toWorthOf(invoice, pending).isFree;
    return {
      // Not negated: zero would become -0, which is not the zero that a document gives back.
      credits: 0 - toCredited(invoice, line, { price, share }),
      isFree: false,
      ...(isOfFree && { givesBack: pending.lineId }),
    };
  }
  if (!price) return { credits: 0, isFree: false };
  const { creditsAmount } = price.worth;
  if (isTrial(line, price)) return { credits: 0, isFree: false };
  // Nothing says how many units of something free are too many, so it counts once.
  if (line.amount - line.discount === 0) return { credits: share * creditsAmount, isFree: true };
  return { credits: toUnits(line, { price, share }) * creditsAmount, isFree: false };
}

/** The amount of a whole period is before discounts, so a trial is told from a coupon. */
function isTrial(line: InvoiceLine, price: LinePrice): boolean {
  return line.kind === "full" && line.amount === 0 && !price.isFree;
}

function toUnits(line: InvoiceLine, { price, share }: { price: LinePrice; share: number }): number {
  if (line.kind === "full") return line.quantity;
  return toUnitsByAmount(line, price) ?? share * line.quantity;
}

/** Undefined if the amount does not say: it may be net of a discount, or is of a currency the price does not have. */
function toUnitsByAmount(line: InvoiceLine, price: LinePrice): number | undefined {
  const isGross = !line.isDiscounted || line.discount !== 0;
  return isGross && price.unitAmount ? Math.abs(line.amount) / price.unitAmount : undefined;
}

function toCredited(
  invoice: Invoice,
  line: InvoiceLine,
  { price, share }: { price: LinePrice | undefined; share: number },
): number {
  const known = toKnown(invoice, line);
  if (known.length > 0) return known.reduce((sum, { credits }) => sum + credits, 0) * toPart(line, known);
  // What cost nothing and is not known gave nothing that is known.
  if (!price || line.amount === 0) return 0;
  return (toUnitsByAmount(line, price) ?? share * line.quantity) * price.worth.creditsAmount;
}

/** How much of what it credits a line gives back: by money if both are gross, otherwise by time. */
function toPart(line: InvoiceLine, known: readonly KnownLine[]): number {
  const amount = known.reduce((sum, credited) => sum + credited.amount, 0);
  const isDiscounted = line.isDiscounted || known.some((credited) => credited.isDiscounted);
  if (!isDiscounted && line.amount !== 0 && amount > 0) return Math.abs(line.amount) / amount;
  return toPartOfTime(line.period, known);
}

function toPartOfTime(period: Period, known: readonly KnownLine[]): number {
  const whole = Math.max(
    ...known.map(({ periodStart, periodEnd }) => toMs({ start: periodStart, end: periodEnd })),
  );
  return whole > 0 ? Math.min(1, toMs(period) / whole) : 1;
}

/** The lines that a credit gives back: those that the provider names, or the one that was pending until now. */
function toKnown(invoice: Invoice, line: InvoiceLine): readonly KnownLine[] {
  const named = invoice.sources.readCredited(line);
  if (named.length > 0) return named;
  const pending = findPending(invoice, line);
  return pending ? [toKnownLine(toWorthOf(invoice, pending))] : [];
}

/**
 * What an unnamed credit gives back if it was never invoiced before: the last line of this invoice, before the credit,
 * that billed the same item until the same end. The line that the same change bills has the same times, and comes after
 * the credit.
 */
function findPending(invoice: Invoice, line: InvoiceLine): InvoiceLine | undefined {
  if (invoice.sources.readCredited(line).length > 0) return undefined;
  const index = invoice.lines.indexOf(line);
  return invoice.lines
    .filter(
      (other, at) =>
        other.kind === "debit" &&
        isSameItem(other, line) &&
        endsWith(other, line) &&
        (at < index || isEarlier(other, line)),
    )
    .reduce<InvoiceLine | undefined>(
      (last, other) => (last && isEarlier(other, last) ? last : other),
      undefined,
    );
}

/** The price of an item may have been changed without a line. */
function isSameItem(one: InvoiceLine, other: InvoiceLine): boolean {
  return one.itemId === undefined || other.itemId === undefined
    ? one.priceId === other.priceId
    : one.itemId === other.itemId;
}

function isEarlier(one: InvoiceLine, other: InvoiceLine): boolean {
  return one.period.start < other.period.start;
}

function toWorthOf(invoice: Invoice, line: InvoiceLine): LineWorth {
  const share = toShare(invoice, line);
  return { line, share, ...toCredits(invoice, line, share) };
}

function endsWith(other: InvoiceLine, line: InvoiceLine): boolean {
  return (
    other.period.end.getTime() === line.period.end.getTime() &&
    other.period.start.getTime() <= line.period.start.getTime()
  );
}

export function toKnownLine({ line, credits, share }: LineWorth): KnownLine {
  const { amount, isDiscounted, period } = line;
  return { amount, isDiscounted, credits, share, periodStart: period.start, periodEnd: period.end };
}

/**
 * How much of a whole period a line is for. A credit has its part of what it credits, and the line that a change bills
 * has the share of the credit beside it.
 */
function toShare(invoice: Invoice, line: InvoiceLine): number {
  if (line.kind === "full") return 1;
  const known = invoice.shares.get(line);
  if (known !== undefined) return known;
  if (invoice.visited.has(line)) return toShareOfPrice(invoice, line);
  const isWhole = invoice.visited.size === 0;
  invoice.visited.add(line);
  const share = line.kind === "credit" ? toShareOfCredit(invoice, line) : toShareOfDebit(invoice, line);
  invoice.visited.delete(line);
  if (isWhole) invoice.shares.set(line, share);
  return share;
}

function toShareOfCredit(invoice: Invoice, line: InvoiceLine): number {
  const known = toKnown(invoice, line);
  if (known.length === 0) return toShareOfPrice(invoice, line);
  return Math.max(...known.map(({ share }) => share)) * toPartOfTime(line.period, known);
}

function toShareOfDebit(invoice: Invoice, line: InvoiceLine): number {
  const beside = invoice.lines.find(
    (other) =>
      other.kind === "credit" &&
      !invoice.visited.has(other) &&
      isTimeKnown(invoice, other) &&
      other.period.start.getTime() === line.period.start.getTime() &&
      other.period.end.getTime() === line.period.end.getTime(),
  );
  return beside ? toShare(invoice, beside) : toShareOfPrice(invoice, line);
}

/** The share of a price that gives no credits cannot be told unless it is known what its credit gives back. */
function isTimeKnown(invoice: Invoice, line: InvoiceLine): boolean {
  const { readPrice, readCredited } = invoice.sources;
  return (
    readPrice(line) !== undefined || readCredited(line).length > 0 || findPending(invoice, line) !== undefined
  );
}

/** By the calendar: the period ends with the line, and began one interval of its price earlier. */
function toShareOfPrice({ sources }: Invoice, line: InvoiceLine): number {
  const price = sources.readPrice(line);
  if (!price?.interval) return 1;
  const { interval, intervalCount } = price;
  const start = toPeriodStart(line.period.end, { interval, intervalCount });
  return Math.min(1, toMs(line.period) / toMs({ start, end: line.period.end }));
}

function toMs({ start, end }: Period): number {
  return end.getTime() - start.getTime();
}
