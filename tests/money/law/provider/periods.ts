import type { LawPrice } from "./prices.ts";

const secondsOf = new Map<string, number>([
  ["day", 86_400],
  ["week", 7 * 86_400],
]);

/** When a period began that ends then, in seconds, if no invoice tells. */
export function toPeriodStart(end: number, recurring: LawPrice["recurring"]): number {
  if (!recurring) return end - 1;
  const { interval, count } = recurring;
  const seconds = secondsOf.get(interval);
  if (seconds !== undefined) return end - seconds * count;
  const date = new Date(end * 1_000);
  date.setUTCMonth(date.getUTCMonth() - (interval === "year" ? 12 * count : count));
  return date.getTime() / 1_000;
}
