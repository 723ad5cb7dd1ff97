import type { LawInvoice, LawLine } from "./types.ts";

/** Whether a free line that a change gave back before its end still runs until then. Rule 5 does not say. */
export type FreeEnd = "as_billed" | "as_given_back";

/**
 * What rule 5 leaves open: when something free ends, and which of those that run at the same time counts. It is the one
 * that is heard of first, and a change may give that one back.
 */
export interface FreeReading {
  end: FreeEnd;
  counts: "earlier" | "later" | "neither";
}

export const freeReadings: readonly FreeReading[] = [
  { end: "as_billed", counts: "earlier" },
  { end: "as_given_back", counts: "earlier" },
  { end: "as_billed", counts: "later" },
  { end: "as_billed", counts: "neither" },
];

interface Billed {
  invoice: LawInvoice;
  line: LawLine;
}

/** The free lines that count, oldest invoice first. */
export function findFreeLines(
  invoices: readonly LawInvoice[],
  { end, counts }: FreeReading,
): ReadonlySet<LawLine> {
  const billed = invoices
    .toSorted((a, b) => a.paidAt - b.paidAt)
    .flatMap((invoice) => invoice.lines.map((line) => ({ invoice, line })));
  const paid = billed.filter(({ invoice }) => invoice.isPaid);
  const candidates = counts === "neither" ? paid.filter((own) => !mayGetLost(own, billed)) : paid;
  return findCounted(counts === "later" ? candidates.toReversed() : candidates, end);
}

function findCounted(billed: readonly Billed[], end: FreeEnd): ReadonlySet<LawLine> {
  const free = new FreeWorth(end);
  const counted = new Set<LawLine>();
  for (const { invoice, line } of billed) {
    for (const origin of line.origins) free.giveBack(invoice.userId, origin, line.start);
    if (isGivenFree(line) && free.claim(invoice, line)) counted.add(line);
  }
  return counted;
}

/**
 * Whether it may not count, without another one that counts to its end in its place: the one that is heard of first is
 * given back later, is never paid, or keeps others from counting, too.
 */
function mayGetLost({ invoice, line }: Billed, billed: readonly Billed[]): boolean {
  if (invoice.freeTimes !== undefined || !isGivenFree(line)) return false;
  const key = toKey(invoice.userId, line);
  const alike = billed.filter(
    (other) => isGivenFree(other.line) && toKey(other.invoice.userId, other.line) === key,
  );
  const givenBack = new Set(billed.flatMap((other) => other.line.origins));
  const rivals = alike.filter((other) => other.line !== line && overlap(other.line, line));
  return rivals.some(
    (rival) =>
      !rival.invoice.isPaid ||
      givenBack.has(rival.line) ||
      alike.some((third) => overlap(third.line, rival.line) && !overlap(third.line, line)),
  );
}

function overlap(one: LawLine, other: LawLine): boolean {
  return one.start < other.end && other.start < one.end;
}

function isGivenFree({ kind, isFree, isTrial }: LawLine): boolean {
  return kind !== "credit" && isFree && !isTrial;
}

/**
 * Rule 5: what asked for no money counts for one unit, not while an earlier free line of the same product still runs for
 * the same user, and as a one-time order only so often for each user and product.
 */
class FreeWorth {
  readonly #freeEnd: FreeEnd;
  /** The free lines that counted, with their ends. */
  readonly #windows = new Map<string, Map<LawLine, number>>();
  readonly #orders = new Map<string, number>();

  constructor(freeEnd: FreeEnd) {
    this.#freeEnd = freeEnd;
  }

  /** Whether a free line of a paid invoice counts. */
  claim({ userId, freeTimes }: LawInvoice, line: LawLine): boolean {
    const key = toKey(userId, line);
    return freeTimes === undefined ? this.#open(key, line) : this.#count(key, freeTimes);
  }

  /** A change gives a line back from some time on. */
  giveBack(userId: string, line: LawLine, from: number): void {
    const windows = this.#windows.get(toKey(userId, line));
    if (this.#freeEnd === "as_given_back" && windows?.has(line)) windows.set(line, from);
  }

  #open(key: string, line: LawLine): boolean {
    const windows = this.#windows.get(key) ?? new Map<LawLine, number>();
    const isRunning = [...windows].some(([{ start }, end]) => start < line.end && line.start < end);
    if (isRunning) return false;
    this.#windows.set(key, windows.set(line, line.end));
    return true;
  }

  #count(key: string, freeTimes: number): boolean {
    const before = this.#orders.get(key) ?? 0;
    this.#orders.set(key, before + 1);
    return before < freeTimes;
  }
}

function toKey(userId: string, { productId }: LawLine): string {
  return JSON.stringify([userId, productId]);
}
