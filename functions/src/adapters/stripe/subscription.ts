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
    trialEnd: subscription.trial_end === null ? null : toDate(subscription.trial_end),
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
  };
}
