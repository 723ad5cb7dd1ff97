import type { Stripe } from "stripe";
import type { Context } from "../context/context.ts";
import { dropPending } from "./pending.ts";
import { cancelScheduleOf } from "./schedules.ts";

export type Details = NonNullable<Stripe.Subscription["cancellation_details"]>;

/**
 * Ends a subscription now: `customer.subscription.deleted`. Its invoices are no longer collected automatically
 * (`invoice.updated`), and what was pending for the next one is dropped (`invoiceitem.deleted`).
 */
export function cancelSubscription(
  context: Context,
  subscription: Stripe.Subscription,
  details: Partial<Details> & { reason: Details["reason"] },
): Stripe.Subscription {
  stopCollecting(context, subscription.id);
  dropPending(context, subscription.id);
  return endSubscription(context, subscription, details);
}

/** Ends a subscription: `customer.subscription.deleted`. */
export function endSubscription(
  context: Context,
  subscription: Stripe.Subscription,
  details: Partial<Details>,
): Stripe.Subscription {
  const { store, events, clock, origin } = context;
  cancelScheduleOf(context, subscription);
  const now = clock.now();
  const ended = store.subscriptions.replace({
    ...subscription,
    canceled_at: subscription.canceled_at ?? now,
    cancellation_details: { ...noDetails, ...subscription.cancellation_details, ...details },
    ended_at: now,
    status: "canceled",
  });
  events.emit("customer.subscription.deleted", ended, { origin });
  return ended;
}

const noDetails: Details = { comment: null, feedback: null, feedback_option: null, reason: null };

/** Leaves open invoices and drafts to whoever wants to collect them: `invoice.updated`. */
export function stopCollecting({ store, events, origin }: Context, subscriptionId: string): void {
  const { data } = store.invoices.page({
    limit: Infinity,
    index: { name: "subscription", values: [subscriptionId] },
    where: ({ status, auto_advance: advances }) =>
      advances === true && (status === "draft" || status === "open"),
  });
  for (const before of data.toReversed()) {
    const invoice = store.invoices.replace({
      ...before,
      auto_advance: false,
      automatically_finalizes_at: null,
      next_payment_attempt: null,
    });
    events.emit("invoice.updated", invoice, { origin, previous: before });
  }
}
