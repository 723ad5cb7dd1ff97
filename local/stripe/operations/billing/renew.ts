import type { Stripe } from "stripe";
import { nextPeriodEnd } from "../../objects/billing/calendar.ts";
import { itemLines } from "../../objects/billing/invoiceLines.ts";
import {
  currentSubscription,
  periodOf,
  recurringOf,
  withPeriod,
} from "../../objects/billing/subscriptions.ts";
import { newId } from "../../platform/ids.ts";
import type { Context } from "../context/context.ts";
import { endSubscription } from "./cancel.ts";
import { endWithoutMethod, trialEnding } from "./endTrial.ts";
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
  const ending = trialEnding(context, subscription);
  if (isToEnd(context, subscription)) endAsPlanned(context, subscription);
  else if (ending === "bill") beginPeriod(context, subscription);
  else endWithoutMethod(context, { before: subscription, ended: subscription }, ending);
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
