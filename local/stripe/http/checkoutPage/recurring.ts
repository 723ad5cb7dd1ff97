import type { Stripe } from "stripe";
import { trialEndOf } from "../../objects/checkout/details.ts";
import { DAY } from "../../platform/clock.ts";
import { dateText, perInterval } from "../page/texts.ts";
import { money, unitAmountOf, type Sale } from "./money.ts";

const adverbs: Readonly<Record<string, string>> = {
  day: "daily",
  week: "weekly",
  month: "monthly",
  year: "yearly",
};

/** How often something is billed: "Billed monthly", "Billed every 3 months". */
export function billedText(recurring: Stripe.Price.Recurring): string {
  const { interval, interval_count: count } = recurring;
  return `Billed ${count === 1 ? (adverbs[interval] ?? perInterval(recurring)) : perInterval(recurring)}`;
}

/** What a subscription costs per interval, whatever is due today: "$20.00 per month". */
export function recurringAmount(sale: Sale): string {
  const total = sale.items.reduce((sum, item) => sum + unitAmountOf(sale, item) * (item.quantity ?? 1), 0);
  const recurring = sale.items[0]?.price?.recurring;
  return recurring ? `${money(sale, total)} ${perInterval(recurring)}` : money(sale, total);
}

/** How the page describes a trial: "14 days free" and "Then $20.00 per month from 7 December 2026". */
export function trialTexts(sale: Sale): { free: string; next: string } | undefined {
  const { session, store, nowMs } = sale;
  const data = store.checkoutDetails.get(session.id)?.subscriptionData ?? null;
  const now = Math.floor(nowMs / 1000);
  const end = data && trialEndOf(data, now);
  if (end === null) return undefined;
  const days = Math.max(1, Math.round((end - now) / DAY));
  return {
    free: days === 1 ? "1 day free" : `${days} days free`,
    next: `Then ${recurringAmount(sale)} from ${dateText(end)}`,
  };
}
