import type { LawInvoice, LawLine } from "./types.ts";

/** Whether a free line that a change gave back before its end still runs until then. Rule 5 does not say. */
export type FreeEnd = "as_billed" | "as_given_back";

/**
 * Rule 5: what asked for no money counts for one unit, not while an earlier free line of the same product still runs for
 * the same user, and as a one-time order only so often for each user and product.
 */
export class FreeWorth {
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
