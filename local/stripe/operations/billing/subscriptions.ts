import type { Stripe } from "stripe";
import { periodOf } from "../../objects/billing/subscriptions.ts";
import type { Context } from "../context/context.ts";

/** Stores a changed subscription: `customer.subscription.updated`, unless nothing changed. */
export function replaceSubscription(
  { store, events, origin }: Context,
  before: Stripe.Subscription,
  changed: Stripe.Subscription,
): Stripe.Subscription {
  if (JSON.stringify(changed) === JSON.stringify(before)) return before;
  const subscription = store.subscriptions.replace(changed);
  events.emit("customer.subscription.updated", subscription, { origin, previous: before });
  return subscription;
}

/** Schedules the renewal of a subscription at the end of its current period. */
export function scheduleRenewal({ due }: Context, subscription: Stripe.Subscription): void {
  const { end } = periodOf(subscription);
  due.add({ kind: "renew_subscription", id: subscription.id, periodEnd: end }, end);
}
