import type { Stripe } from "stripe";
import type { Context } from "../context.ts";
import { periodOf } from "./subscriptionObject.ts";

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

/** The subscription as it is now; it must exist. */
export function currentSubscription({ store }: Context, id: string | null): Stripe.Subscription {
  const subscription = store.subscriptions.read(id ?? "");
  if (subscription === undefined) throw new Error(`Cannot bill subscription "${id ?? ""}": not found`);
  return subscription;
}

/** Has the subscription renewed at the end of the period it is in. */
export function scheduleRenewal({ due }: Context, subscription: Stripe.Subscription): void {
  const { end } = periodOf(subscription);
  due.add({ kind: "renew_subscription", id: subscription.id, periodEnd: end }, end);
}

/** Whether it still goes on: it is neither canceled nor has it expired. */
export function isAlive({ status }: Stripe.Subscription): boolean {
  return status !== "canceled" && status !== "incomplete_expired";
}

/** The customer's subscriptions that go on, newest first. */
export function subscriptionsOf(
  { store }: Pick<Context, "store">,
  customerId: string,
): Stripe.Subscription[] {
  const index = { name: "customer", values: [customerId] } as const;
  return store.subscriptions.page({ limit: Infinity, index, where: isAlive }).data;
}
