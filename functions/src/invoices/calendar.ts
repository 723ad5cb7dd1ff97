import type { PriceInterval } from "../contract/codes.ts";
import { MS_PER_DAY } from "../platform/instant.ts";

/** When a period that ends then began. A month before the 31st begins on the last day of a shorter month. */
export function toPeriodStart(
  end: Date,
  { interval, intervalCount }: { interval: PriceInterval; intervalCount: number },
): Date {
  if (interval === "day") return new Date(end.getTime() - intervalCount * MS_PER_DAY);
  if (interval === "week") return new Date(end.getTime() - 7 * intervalCount * MS_PER_DAY);
  const months = interval === "year" ? 12 * intervalCount : intervalCount;
  const start = new Date(end);
  start.setUTCDate(1);
  start.setUTCMonth(start.getUTCMonth() - months);
  const lastDay = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
  start.setUTCDate(Math.min(end.getUTCDate(), lastDay));
  return start;
}
