import type { Stripe } from "stripe";
import type { Cost } from "../../objects/billing/costs.ts";
import { activeDiscounts, sumOf } from "../../objects/billing/discounts.ts";
import { newInvoiceItem, type Credited, type ItemPrice } from "../../objects/billing/invoiceItems.ts";
import { unitAmountIn } from "../../objects/catalogue/prices.ts";
import { productName } from "../../objects/billing/invoiceLines.ts";
import type { Context } from "../context/context.ts";
import { negate, plain, scale, withDiscounts } from "./costs.ts";
import { findDebit, type Debit } from "./debits.ts";
import { addPending } from "./pending.ts";

/**
 * Puts the unused time of what was billed on the next invoice as a credit, to the second, see
 * https://docs.stripe.com/billing/subscriptions/prorations. Flexible billing gives nothing back for a period that it did
 * not debit.
 */
export function creditUnused(
  context: Context,
  subscription: Stripe.Subscription,
  { item, at }: { item: Stripe.SubscriptionItem; at: number },
): void {
  const debit = findDebit(context, subscription, item);
  if (debit === undefined && subscription.billing_mode.type === "flexible") return;
  const { price, quantity = 1 } = item;
  addProration(context, subscription, {
    item,
    at,
    sold: { price, quantity },
    cost: toCredit(context, subscription, { item, at, debit }),
    credited: debit?.credited ?? null,
    text: "Unused",
  });
}

/** Puts the rest of the period at a new price on the next invoice. */
export function debitRemaining(
  context: Context,
  subscription: Stripe.Subscription,
  { item, to, at }: { item: Stripe.SubscriptionItem; to: ItemPrice; at: number },
): void {
  const cost = toDebit(context, subscription, { item, to, at });
  addProration(context, subscription, { item, at, sold: to, cost, credited: null, text: "Remaining" });
}

function addProration(
  context: Context,
  subscription: Stripe.Subscription,
  proration: {
    item: Stripe.SubscriptionItem;
    at: number;
    sold: ItemPrice;
    cost: Cost;
    credited: Credited;
    text: "Unused" | "Remaining";
  },
): void {
  const { item, at, sold, cost, credited, text } = proration;
  const added = newInvoiceItem(subscription, {
    sold,
    item,
    ...toShown(subscription, cost),
    text: `${text} time on ${nameOf(context, sold)} after ${dayOf(at)}`,
    period: { start: at, end: item.current_period_end },
    credited,
    now: context.clock.now(),
  });
  context.store.prorationCosts.set(added.id, cost);
  addPending(context, subscription.id, added);
}

function toDebit(
  context: Context,
  subscription: Stripe.Subscription,
  { item, to, at }: { item: Stripe.SubscriptionItem; to: ItemPrice; at: number },
): Cost {
  const unitAmount = unitAmountIn(context.store, to.price, subscription.currency) ?? 0;
  const amount = Math.round(unitAmount * to.quantity * shareOf(item, at));
  return withDiscounts(amount, activeDiscounts(context.store, subscription, context.clock.now()));
}

/**
 * Flexible billing gives back a part of what was debited; classic billing a part of what the item costs now, with the
 * discounts that were used last, see https://docs.stripe.com/billing/subscriptions/billing-mode/compare.
 */
function toCredit(
  context: Context,
  subscription: Stripe.Subscription,
  { item, at, debit }: { item: Stripe.SubscriptionItem; at: number; debit: Debit | undefined },
): Cost {
  const { current_period_end: end, price, quantity = 1 } = item;
  if (debit !== undefined && subscription.billing_mode.type === "flexible") {
    const part = partOf({ start: debit.period.start, end }, at);
    return negate(scale(debit, part));
  }
  const unitAmount = unitAmountIn(context.store, price, subscription.currency) ?? 0;
  const amount = Math.round(unitAmount * quantity * shareOf(item, at));
  const cost = context.store.prorationCosts.get(debit?.invoiceItemId ?? "") ?? debit;
  if (cost === undefined || cost.amount === 0) return negate({ amount, discountAmounts: [] });
  const { discountAmounts } = scale(cost, amount / cost.amount);
  return negate({ amount, discountAmounts });
}

/** Only itemized discounts are shown apart from the amount, and classic billing does not even name them. */
function toShown({ billing_mode: mode }: Stripe.Subscription, cost: Cost): Cost {
  if (mode.flexible?.proration_discounts === "itemized") return cost;
  const amount = plain(cost.amount - sumOf(cost.discountAmounts));
  if (mode.type === "classic") return { amount, discountAmounts: [] };
  return { amount, discountAmounts: cost.discountAmounts.map((own) => ({ ...own, amount: 0 })) };
}

function shareOf(item: Stripe.SubscriptionItem, at: number): number {
  return partOf({ start: item.current_period_start, end: item.current_period_end }, at);
}

/** How much of a period is left. */
function partOf({ start, end }: { start: number; end: number }, at: number): number {
  return end === start ? 0 : Math.min(1, Math.max(0, (end - at) / (end - start)));
}

function nameOf({ store }: Context, { price, quantity }: ItemPrice): string {
  const name = productName(store, price);
  return quantity === 1 ? name : `${quantity} × ${name}`;
}

function dayOf(time: number): string {
  return new Date(time * 1000).toLocaleDateString("en-GB", {
    day: "2-digit",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
}
