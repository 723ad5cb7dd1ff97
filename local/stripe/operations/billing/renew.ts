import type { Stripe } from "stripe";
import { nextPeriodEnd } from "../../objects/billing/calendar.ts";
import { itemLines } from "../../objects/billing/invoiceLines.ts";
import {
  currentSubscription,
  periodOf,
  recurringOf,
  withPeriod,
} from "../../objects/billing/subscriptions.ts";
import { idOf } from "../../objects/store/store.ts";
import { newId } from "../../platform/ids.ts";
import type { Context } from "../context/context.ts";
import { cancelSubscription, endSubscription } from "./cancel.ts";
import { finalizeInvoice, giveUpInvoice } from "./finalize.ts";
import { draftInvoice } from "./invoices.ts";
import { hasPending } from "./pending.ts";
import { enterPhase } from "./schedules.ts";
import { replaceSubscription, scheduleRenewal } from "./subscriptions.ts";

/**
 * Ends a period: the subscription ends if it was canceled for that time. Otherwise the next period begins with
 * `invoice.created` and `customer.subscription.updated`.
 */
export function renewSubscription(context: Context, subscription: Stripe.Subscription): void {
  if (isToEnd(context, subscription)) endAsPlanned(context, subscription);
  else if (!endTrialWithoutMethod(context, subscription)) beginPeriod(context, subscription);
}

function isToEnd({ clock }: Context, subscription: Stripe.Subscription): boolean {
  const { cancel_at_period_end: endsWithPeriod, cancel_at: endsAt } = subscription;
  return endsWithPeriod || (endsAt !== null && endsAt <= clock.now());
}

/** Ends a subscription at the time that was set for it. What is pending is invoiced. */
export function endAsPlanned(context: Context, subscription: Stripe.Subscription): void {
  const ended = endSubscription(context, subscription, {});
  if (!hasPending(context, ended.id)) return;
  draftInvoice(context, ended, {
    lines: [],
    reason: "subscription_cycle",
    period: periodOf(ended),
    finalize: "in_an_hour",
  });
}

/** Cancels or pauses a trial that has no payment method, if the subscription's settings say so. */
function endTrialWithoutMethod(context: Context, subscription: Stripe.Subscription): boolean {
  const { store, clock, events } = context;
  const ending = subscription.trial_settings?.end_behavior.missing_payment_method ?? "create_invoice";
  const customer = store.customers.read(idOf(subscription.customer) ?? "");
  const method =
    idOf(subscription.default_payment_method) ?? idOf(customer?.invoice_settings.default_payment_method);
  if (subscription.status !== "trialing" || method !== null || ending === "create_invoice") return false;
  if (ending === "cancel") {
    cancelSubscription(context, subscription, { reason: null });
    return true;
  }
  const paused = replaceSubscription(context, subscription, {
    ...subscription,
    status: "paused",
    status_details: {
      paused: {
        subscription: { type: "trial_end_without_payment_method" },
        transitioned_at: clock.now(),
        type: "subscription",
      },
    },
  });
  events.emit("customer.subscription.paused", paused, context);
  return true;
}

function beginPeriod(context: Context, before: Stripe.Subscription): void {
  const subscription = enterPhase(context, before);
  const [item] = subscription.items.data;
  if (item === undefined) throw new Error(`Cannot renew subscription "${subscription.id}": it has no items`);
  const over = periodOf(subscription);
  const period = {
    start: over.end,
    end: nextPeriodEnd(subscription.billing_cycle_anchor, recurringOf(item.price), over.end),
  };
  const invoiceId = newId("in");
  const renewed = withPeriod(
    {
      ...subscription,
      latest_invoice: invoiceId,
      status: subscription.status === "trialing" ? "active" : subscription.status,
    },
    period,
  );
  const waits = renewed.status === "unpaid" || renewed.pause_collection !== null;
  const draft = draftInvoice(context, renewed, {
    id: invoiceId,
    lines: itemLines(context.store, renewed, { period, trial: false }),
    reason: "subscription_cycle",
    period: over,
    finalize: waits ? "when_told" : "in_an_hour",
  });
  scheduleRenewal(
    context,
    replaceSubscription(context, currentSubscription(context, subscription.id), renewed),
  );
  const pausing = renewed.pause_collection?.behavior;
  if (pausing === "void" || pausing === "mark_uncollectible") {
    const invoice = finalizeInvoice(context, draft, { collects: false });
    if (invoice.status === "open") {
      giveUpInvoice(context, invoice, pausing === "void" ? "void" : "uncollectible");
    }
  }
}
