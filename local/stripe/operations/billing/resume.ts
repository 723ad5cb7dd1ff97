import type { Stripe } from "stripe";
import { nextPeriodEnd } from "../../objects/billing/calendar.ts";
import { itemLines } from "../../objects/billing/invoiceLines.ts";
import { currentSubscription, recurringOf, withPeriod } from "../../objects/billing/subscriptions.ts";
import { newId } from "../../platform/ids.ts";
import type { Context } from "../context/context.ts";
import { advanceInvoice } from "./collect.ts";
import { draftInvoice } from "./invoices.ts";
import { replaceSubscription, scheduleRenewal } from "./subscriptions.ts";

/** Resumes a paused subscription: `customer.subscription.resumed`; a new period begins and is collected at once. */
export function resumeSubscription(context: Context, paused: Stripe.Subscription): Stripe.Subscription {
  const now = context.clock.now();
  const [item] = paused.items.data;
  if (item === undefined) throw new Error(`Cannot resume subscription "${paused.id}": it has no items`);
  const id = newId("in");
  const period = { start: now, end: nextPeriodEnd(now, recurringOf(item.price), now) };
  const { status_details: _over, ...rest } = paused;
  const resumed = withPeriod(
    { ...rest, billing_cycle_anchor: now, latest_invoice: id, status: "active" },
    period,
  );
  const invoice = draftInvoice(context, resumed, {
    id,
    lines: itemLines(context.store, resumed, { period, trial: false }),
    reason: "subscription_update",
    period: { start: now, end: now },
    finalize: "at_once",
  });
  const subscription = replaceSubscription(context, paused, resumed);
  context.events.emit("customer.subscription.resumed", subscription, context);
  scheduleRenewal(context, subscription);
  advanceInvoice(context, invoice);
  return currentSubscription(context, subscription.id);
}
