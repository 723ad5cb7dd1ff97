import type { Stripe } from "stripe";
import { nextPeriodEnd } from "../../objects/billing/calendar.ts";
import { activeDiscounts } from "../../objects/billing/discounts.ts";
import { itemLines } from "../../objects/billing/invoiceLines.ts";
import {
  currentSubscription,
  periodOf,
  recurringOf,
  withPeriod,
} from "../../objects/billing/subscriptions.ts";
import { invalidRequest } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { Context } from "../context/context.ts";
import { advanceInvoice } from "./collect.ts";
import { requireDivisible } from "./costs.ts";
import { draftInvoice } from "./invoices.ts";
import { applyItemChanges, type ItemChange } from "./itemChanges.ts";
import { hasPending } from "./pending.ts";
import { creditUnused, debitRemaining } from "./prorate.ts";
import { replaceSubscription, scheduleRenewal } from "./subscriptions.ts";

export type ProrationBehavior = "always_invoice" | "create_prorations" | "none";

/**
 * Adds and removes items of a subscription or gives them other prices or quantities; `changed` is the subscription with
 * everything else that changes in the same call. If the interval stays the same, the difference is prorated, on the next
 * invoice or on one of its own (`always_invoice`). Another interval begins a new period, which is invoiced at once. A trial
 * costs nothing either way.
 */
export function changeItems(
  context: Context,
  { before, changed }: { before: Stripe.Subscription; changed: Stripe.Subscription },
  change: { items: readonly ItemChange[]; behavior: ProrationBehavior; at: number },
): Stripe.Subscription {
  const repriced = withItems(changed, change.items);
  if (before.status === "trialing") return replaceSubscription(context, before, repriced);
  const hasNewInterval = intervalOf(before) !== intervalOf(repriced);
  if (change.behavior !== "none") {
    prorateItems(context, changed, { items: change.items, at: change.at, debit: !hasNewInterval });
  }
  if (hasNewInterval) return beginInterval(context, before, repriced);
  if (change.behavior !== "always_invoice" || !hasPending(context, before.id)) {
    return replaceSubscription(context, before, repriced);
  }
  return invoiceNow(context, before, { subscription: repriced, lines: [], prorationDate: change.at });
}

/** A new interval bills its items in full, so that only what they had is prorated. */
function prorateItems(
  context: Context,
  subscription: Stripe.Subscription,
  { items, at, debit }: { items: readonly ItemChange[]; at: number; debit: boolean },
): void {
  if (debit && items.some(({ kind }) => kind !== "remove")) {
    requireDivisible(activeDiscounts(context.store, subscription, context.clock.now()));
  }
  for (const change of items) {
    const { item } = change;
    if (change.kind !== "add") creditUnused(context, subscription, { item, at });
    if (!debit || change.kind === "remove") continue;
    const { price, quantity = 1 } = item;
    const to = change.kind === "change" ? change.to : { price, quantity };
    debitRemaining(context, subscription, { item, to, at });
  }
}

function withItems(subscription: Stripe.Subscription, changes: readonly ItemChange[]): Stripe.Subscription {
  const data = applyItemChanges(subscription.items.data, changes);
  return { ...subscription, items: { ...subscription.items, data } };
}

/** All items of a subscription have the same interval. */
function intervalOf({
  items: {
    data: [item],
  },
}: Stripe.Subscription): string {
  return `${item?.price.recurring?.interval_count} ${item?.price.recurring?.interval}`;
}

function beginInterval(
  context: Context,
  before: Stripe.Subscription,
  repriced: Stripe.Subscription,
): Stripe.Subscription {
  const now = context.clock.now();
  const [item] = repriced.items.data;
  if (item === undefined) return repriced;
  if (repriced.cancel_at !== null && !repriced.cancel_at_period_end) {
    throw invalidRequest("Local Stripe does not change the interval of a subscription with a `cancel_at`.");
  }
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
