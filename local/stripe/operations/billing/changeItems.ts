import type { Stripe } from "stripe";
import { nextPeriodEnd } from "../../objects/billing/calendar.ts";
import type { ItemPrice } from "../../objects/billing/invoiceItems.ts";
import { itemLines } from "../../objects/billing/invoiceLines.ts";
import {
  currentSubscription,
  periodOf,
  recurringOf,
  toPlan,
  withPeriod,
} from "../../objects/billing/subscriptions.ts";
import { newId } from "../../platform/ids.ts";
import type { Context } from "../context/context.ts";
import { advanceInvoice } from "./collect.ts";
import { draftInvoice } from "./invoices.ts";
import { hasPending } from "./pending.ts";
import { prorate } from "./prorate.ts";
import { replaceSubscription, scheduleRenewal } from "./subscriptions.ts";

export type ProrationBehavior = "always_invoice" | "create_prorations" | "none";

/** New prices or quantities, by the id of the subscription's item. */
export type ItemChanges = ReadonlyMap<string, ItemPrice>;

/**
 * Gives items of a subscription other prices or quantities; `changed` is the subscription with everything else that
 * changes in the same call. If the interval stays the same, the difference is prorated, on the next invoice or on one of
 * its own (`always_invoice`). Another interval begins a new period, which is invoiced at once. A trial costs nothing
 * either way.
 */
export function changeItems(
  context: Context,
  { before, changed }: { before: Stripe.Subscription; changed: Stripe.Subscription },
  change: { items: ItemChanges; behavior: ProrationBehavior; at: number },
): Stripe.Subscription {
  const repriced = withPrices(changed, change.items);
  if (before.status === "trialing") return replaceSubscription(context, before, repriced);
  const hasNewInterval = intervalOf(before) !== intervalOf(repriced);
  if (change.behavior !== "none") {
    for (const item of before.items.data) {
      const to = change.items.get(item.id);
      if (to !== undefined) prorate(context, before, { item, to, at: change.at }, { debit: !hasNewInterval });
    }
  }
  if (hasNewInterval) return beginInterval(context, before, repriced);
  if (change.behavior !== "always_invoice" || !hasPending(context, before.id)) {
    return replaceSubscription(context, before, repriced);
  }
  return invoiceNow(context, before, { subscription: repriced, lines: [], prorationDate: change.at });
}

function withPrices(subscription: Stripe.Subscription, changes: ItemChanges): Stripe.Subscription {
  const data = subscription.items.data.map((item) => {
    const to = changes.get(item.id);
    return to === undefined
      ? item
      : { ...item, plan: toPlan(to.price), price: to.price, quantity: to.quantity };
  });
  return { ...subscription, items: { ...subscription.items, data } };
}

function intervalOf({ items }: Stripe.Subscription): string {
  return items.data
    .map(({ price }) => `${price.recurring?.interval_count} ${price.recurring?.interval}`)
    .join();
}

function beginInterval(
  context: Context,
  before: Stripe.Subscription,
  repriced: Stripe.Subscription,
): Stripe.Subscription {
  const now = context.clock.now();
  const [item] = repriced.items.data;
  if (item === undefined) return repriced;
  const end = nextPeriodEnd(now, recurringOf(item.price), now);
  const subscription = withPeriod(
    {
      ...repriced,
      billing_cycle_anchor: now,
      ...(repriced.cancel_at_period_end && { cancel_at: end }),
    },
    { start: now, end },
  );
  const lines = itemLines(context.store, subscription, { period: periodOf(subscription), trial: false });
  const billed = invoiceNow(context, before, { subscription, lines });
  scheduleRenewal(context, billed);
  return billed;
}

/** `invoice.created`, `customer.subscription.updated`, and then whatever collecting the invoice leads to. */
function invoiceNow(
  context: Context,
  before: Stripe.Subscription,
  bill: {
    subscription: Stripe.Subscription;
    lines: readonly Stripe.InvoiceLineItem[];
    prorationDate?: number;
  },
): Stripe.Subscription {
  const id = newId("in");
  const subscription = { ...bill.subscription, latest_invoice: id };
  const now = context.clock.now();
  const invoice = draftInvoice(context, subscription, {
    id,
    lines: bill.lines,
    reason: "subscription_update",
    period: { start: now, end: now },
    finalize: "at_once",
    prorationDate: bill.prorationDate,
  });
  replaceSubscription(context, before, subscription);
  advanceInvoice(context, invoice);
  return currentSubscription(context, subscription.id);
}
