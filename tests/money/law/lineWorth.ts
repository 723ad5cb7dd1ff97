import type { FreeEnd } from "./freeWorth.ts";
import { join, negate, nothing, scale } from "./range.ts";
import type { LawLine, Range } from "./types.ts";

/** What the units of a line are worth for its share of a period. */
export function toSoldWorth({ worthPerUnit, quantity, share }: LawLine): Range {
  return scale(worthPerUnit, quantity * share);
}

/** What a free line is worth if rule 5 lets it count: one unit. */
export function toFreeWorth({ worthPerUnit, share }: LawLine): Range {
  return scale(worthPerUnit, share);
}

/**
 * What a credit takes, as a negative range. A change gives back the share of what it was billed, with all that this was
 * worth. Classic billing makes a credit from the item's price of today, so that it may be worth more than what was billed,
 * or less if a discount hides the money: then the law leaves open which of the two is taken. What was free and gives
 * nothing back may be left to the user, as long as that keeps another free one from counting.
 * Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare
 */
export function toCreditWorth(line: LawLine, billed: Range, freeEnd: FreeEnd): Range {
  const byTime = toSoldWorth(line);
  if (line.origins.length === 0) return negate(byTime);
  const taken = toTaken(line, { byTime, part: scale(billed, toPart(line)) });
  const isLeft = freeEnd === "as_billed" && line.isFree && line.origins.every(({ isFree }) => isFree);
  return negate(isLeft ? join(taken, nothing) : taken);
}

function toTaken(line: LawLine, { byTime, part }: { byTime: Range; part: Range }): Range {
  if (!line.isClassic) return part;
  const isSameProduct = line.origins.every(({ productId }) => productId === line.productId);
  if (hidesMoney(line) && isSameProduct) return join(part, byTime);
  return { least: part.least, most: Math.max(part.most, byTime.most) };
}

/** How much of what was billed is given back: by money, or by time if discounts or free lines leave money out. */
function toPart(line: LawLine): number {
  const gross = line.origins.reduce((sum, origin) => sum + origin.gross, 0);
  if (line.isClassic && !hidesMoney(line) && gross > 0) return line.gross / gross;
  const share = Math.max(...line.origins.map((origin) => origin.share));
  return share === 0 ? 0 : line.share / share;
}

function hidesMoney(line: LawLine): boolean {
  return [line, ...line.origins].some(({ isDiscounted, isFree }) => isDiscounted || isFree);
}
