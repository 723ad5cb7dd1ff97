import type { Stripe } from "stripe";
import { currentSubscription, periodOf } from "../../objects/billing/subscriptions.ts";
import { newId } from "../../platform/ids.ts";
import type { Context } from "../context/context.ts";
import { cancelSubscription, endSubscription, stopCollecting, type Details } from "./cancel.ts";
import { advanceInvoice } from "./collect.ts";
import { draftInvoice } from "./invoices.ts";
import { hasPending } from "./pending.ts";
import { creditUnused } from "./prorate.ts";

/**
 * Cancels a subscription on request, see https://docs.stripe.com/api/subscriptions/cancel: `prorate` credits the unused
 * time (`invoiceitem.created`), and `invoiceNow` bills what is pending in a final invoice. Without either of them what is
 * pending is dropped; with `prorate` alone it stays pending.
 */
export function cancelNow(
  context: Context,
  subscription: Stripe.Subscription,
  how: { details: Partial<Details>; prorate: boolean; invoiceNow: boolean },
): Stripe.Subscription {
  const details = { ...how.details, reason: "cancellation_requested" } as const;
  if (!how.prorate && !how.invoiceNow) return cancelSubscription(context, subscription, details);
  stopCollecting(context, subscription.id);
  if (how.prorate) creditItems(context, subscription);
  if (!how.invoiceNow || !hasPending(context, subscription.id)) {
    return endSubscription(context, subscription, details);
  }
  return endWithInvoice(context, subscription, details);
}

/** A trial has nothing to give back, nor has a subscription whose trial ended without a way to pay. */
function creditItems(context: Context, subscription: Stripe.Subscription): void {
  if (subscription.status === "trialing" || subscription.status === "paused") return;
  const at = context.clock.now();
  if (at >= periodOf(subscription).end) return;
  for (const item of subscription.items.data) creditUnused(context, subscription, { item, at });
}

function endWithInvoice(
  context: Context,
  subscription: Stripe.Subscription,
  details: Partial<Details>,
): Stripe.Subscription {
  const now = context.clock.now();
  const billed = { ...subscription, latest_invoice: newId("in") };
  const invoice = draftInvoice(context, billed, {
    id: billed.latest_invoice,
    lines: [],
    reason: "subscription_update",
    period: { start: now, end: now },
    finalize: "at_once",
  });
  endSubscription(context, billed, details);
  advanceInvoice(context, invoice);
  return currentSubscription(context, subscription.id);
}
