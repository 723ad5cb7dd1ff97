import type { Stripe } from "stripe";
import { DAY } from "../../platform/clock.ts";

type Interval = Pick<Stripe.Price.Recurring, "interval" | "interval_count">;

const longestDays: Readonly<Record<string, number>> = { day: 1, week: 7, month: 31, year: 366 };

/**
 * The time a whole number of intervals after the anchor, in seconds. A month without the anchor's day ends on its last
 * one, and the next month has the anchor's day again, see https://docs.stripe.com/billing/subscriptions/billing-cycle.
 */
export function addIntervals(
  anchor: number,
  { interval, interval_count: each }: Interval,
  count: number,
): number {
  if (interval === "month" || interval === "year") {
    return addMonths(anchor, (interval === "year" ? 12 : 1) * each * count);
  }
  return anchor + (longestDays[interval] ?? 1) * DAY * each * count;
}

/** The first end of a period after `time`, counted from the anchor. */
export function nextPeriodEnd(anchor: number, interval: Interval, time: number): number {
  const longest = (longestDays[interval.interval] ?? 1) * DAY * interval.interval_count;
  let count = Math.max(0, Math.floor((time - anchor) / longest));
  while (addIntervals(anchor, interval, count) <= time) count += 1;
  return addIntervals(anchor, interval, count);
}

function addMonths(time: number, months: number): number {
  const date = new Date(time * 1000);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return Math.floor(date.getTime() / 1000);
}
