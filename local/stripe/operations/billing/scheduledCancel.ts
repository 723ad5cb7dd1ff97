import type { Stripe } from "stripe";
import { periodOf } from "../../objects/billing/subscriptions.ts";
import { invalidRequest } from "../../platform/errors.ts";
import { emptyable, integerOr } from "../../platform/params.ts";
import { requireOwnEnding } from "./schedules.ts";
import type { Context } from "../context/context.ts";

export const cancelAtParam = emptyable(integerOr("max_period_end", "min_period_end"));

export type Ending = Pick<Stripe.Subscription, "cancel_at" | "cancel_at_period_end">;

interface Params {
  readonly cancel_at?: number | "max_period_end" | "min_period_end" | null;
  readonly cancel_at_period_end?: boolean;
  readonly proration_behavior?: string;
}

/**
 * When a subscription is to end, if that changes: with its period (`cancel_at_period_end`), or at a time (`cancel_at`), for
 * which flexible billing has two words. They become times at once, and an empty `cancel_at` takes back either.
 * Source: https://docs.stripe.com/changelog/basil/2025-07-30/cancel-at-enums
 */
export function toCancellation(
  context: Context,
  subscription: Stripe.Subscription,
  params: Params,
): Ending | undefined {
  const { cancel_at: at, cancel_at_period_end: withPeriod } = params;
  if (at !== undefined || withPeriod !== undefined) requireOwnEnding(context, subscription);
  if (at !== undefined && withPeriod !== undefined) {
    throw invalidRequest(
      "Received both cancel_at_period_end and cancel_at parameters. Please pass in only one.",
    );
  }
  if (at !== undefined) return toEndingAt(context, subscription, { ...params, at });
  if (withPeriod === undefined || withPeriod === subscription.cancel_at_period_end) return undefined;
  return { cancel_at: withPeriod ? periodOf(subscription).end : null, cancel_at_period_end: withPeriod };
}

function toEndingAt(
  { clock, due }: Context,
  subscription: Stripe.Subscription,
  { at, proration_behavior: behavior }: Params & { at: NonNullable<Params["cancel_at"]> | null },
): Ending {
  if (at === null) return { cancel_at: null, cancel_at_period_end: false };
  const param = "cancel_at";
  const { end } = periodOf(subscription);
  if (typeof at === "string" && subscription.billing_mode.type !== "flexible") {
    throw invalidRequest(`\`${at}\` needs a subscription with flexible billing.`, { param });
  }
  // All items of a subscription have one period here, so that both words mean its end.
  const cancelAt = typeof at === "string" ? end : at;
  if (cancelAt <= clock.now()) {
    throw invalidRequest("The subscription's `cancel_at` must be in the future.", { param });
  }
  const isFree = subscription.status === "trialing" && cancelAt < end;
  if (cancelAt !== end && !isFree && !(cancelAt < end && behavior === "none")) {
    throw invalidRequest(
      "Local Stripe cancels at the end of the current period, or before it with `proration_behavior=none`.",
      { param },
    );
  }
  due.add({ kind: "cancel_subscription", id: subscription.id, at: cancelAt }, cancelAt);
  return { cancel_at: cancelAt, cancel_at_period_end: false };
}
