import type { Stripe } from "stripe";

/** How often a price is due, as it follows an amount: "per month", "every 3 months". */
export function perInterval({ interval, interval_count: count }: Stripe.Price.Recurring): string {
  return count === 1 ? `per ${interval}` : `every ${count} ${interval}s`;
}

/** A day as the pages show it: "7 December 2026". */
export function dateText(seconds: number): string {
  return new Date(seconds * 1000).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}
