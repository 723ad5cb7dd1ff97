import type { Stripe } from "stripe";
import { periodOf, withPeriod } from "../../objects/billing/subscriptions.ts";
import { idOf } from "../../objects/store/store.ts";
import { invalidRequest } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";
import { cancelSubscription } from "./cancel.ts";
import { replaceSubscription } from "./subscriptions.ts";

/** What a trial without a payment method comes to, or `bill` if it is billed like any other. */
export function trialEnding(
  { store }: Context,
  subscription: Stripe.Subscription,
): "bill" | "cancel" | "pause" {
  const ending = subscription.trial_settings?.end_behavior.missing_payment_method ?? "create_invoice";
  const customer = store.customers.read(idOf(subscription.customer) ?? "");
  const method =
    idOf(subscription.default_payment_method) ?? idOf(customer?.invoice_settings.default_payment_method);
  if (subscription.status !== "trialing" || method !== null) return "bill";
  if (ending === "cancel") return "cancel";
  return ending === "pause" ? "pause" : "bill";
}

/** Cancels or pauses a trial that has no payment method: `customer.subscription.paused`. `ended` is how the trial leaves it. */
export function endWithoutMethod(
  context: Context,
  { before, ended }: { before: Stripe.Subscription; ended: Stripe.Subscription },
  ending: "cancel" | "pause",
): Stripe.Subscription {
  if (ending === "cancel") return cancelSubscription(context, ended, { reason: null });
  const paused = replaceSubscription(context, before, {
    ...ended,
    status: "paused",
    status_details: {
      paused: {
        subscription: { type: "trial_end_without_payment_method" },
        transitioned_at: context.clock.now(),
        type: "subscription",
      },
    },
  });
  context.events.emit("customer.subscription.paused", paused, context);
  return paused;
}

/**
 * Ends a trial before its time, see https://docs.stripe.com/billing/subscriptions/trials/free-trials. Local Stripe does so
 * if that bills nothing.
 *
 * @throws ApiError if there is no trial, or if ending it would be billed.
 */
export function requireEndableTrial(context: Context, subscription: Stripe.Subscription): "cancel" | "pause" {
  const ending = trialEnding(context, subscription);
  if (ending !== "bill") return ending;
  throw invalidRequest(
    "Local Stripe ends a trial early only if it has no payment method and is paused or canceled for that.",
    { param: "trial_end" },
  );
}

/** The subscription with its trial, and so its period, ending now. */
export function withTrialOver(subscription: Stripe.Subscription, now: number): Stripe.Subscription {
  const { start } = periodOf(subscription);
  return withPeriod({ ...subscription, trial_end: now }, { start, end: now });
}
