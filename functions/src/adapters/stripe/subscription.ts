import type { Stripe } from "stripe";
import { parseMetadata, type Issuer } from "../metadata.ts";
import type { ProviderPlan } from "../paymentAdapter.ts";
import { toDate, toId } from "./checkout.ts";

/** Undefined for a subscription of another project. Throws if its metadata is unreadable. */
export function toProviderPlan(subscription: Stripe.Subscription, issuer: Issuer): ProviderPlan | undefined {
  const parsed = parseMetadata(subscription.metadata, issuer);
  if (parsed.outcome === "foreign") return undefined;
  if (parsed.outcome === "unreadable") {
    throw new Error(`Cannot read subscription "${subscription.id}": its metadata is unreadable`);
  }
  // The period belongs to the items, see https://docs.stripe.com/changelog/basil
  const item = subscription.items.data[0];
  return {
    userId: parsed.order.userId,
    subscriptionId: subscription.id,
    status: subscription.status,
    productId: toId(item?.price.product) ?? null,
    priceId: item?.price.id ?? null,
    quantity: item?.quantity ?? 1,
    currentPeriodEnd: item ? toDate(item.current_period_end) : null,
    customerId: toId(subscription.customer) ?? null,
    trialEnd: subscription.trial_end === null ? null : toDate(subscription.trial_end),
    ...toEnding(subscription, item),
  };
}

/**
 * The API, the dashboard and lost disputes say `cancel_at_period_end`, a portal under flexible billing says `cancel_at`.
 * Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare
 */
function toEnding(
  { cancel_at: at, cancel_at_period_end: endsWithPeriod }: Stripe.Subscription,
  item: Stripe.SubscriptionItem | undefined,
): Pick<ProviderPlan, "cancelAt" | "cancelAtPeriodEnd"> {
  const end = at ?? (endsWithPeriod ? item?.current_period_end : undefined);
  return {
    cancelAtPeriodEnd: endsWithPeriod || at !== null,
    cancelAt: end === undefined ? null : toDate(end),
  };
}
