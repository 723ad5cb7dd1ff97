import type { Stripe } from "stripe";
import { itemLines } from "../../objects/billing/invoiceLines.ts";
import {
  currentSubscription,
  newSubscription,
  periodOf,
  type SubscriptionSeed,
} from "../../objects/billing/subscriptions.ts";
import { trialEndOf } from "../../objects/checkout/details.ts";
import type { CheckoutDetails } from "../../objects/store/store.ts";
import { DAY } from "../../platform/clock.ts";
import { newId } from "../../platform/ids.ts";
import type { Context } from "../context/context.ts";
import { collectInvoice } from "./collect.ts";
import { addDiscount } from "./discounts.ts";
import { finalizeInvoice } from "./finalize.ts";
import { draftInvoice, settleInvoice } from "./invoices.ts";
import { scheduleRenewal } from "./subscriptions.ts";

const NOTICE = 3 * DAY;

/** A subscription that has begun. */
export interface Started {
  subscriptionId: string;
  invoiceId: string;
}

/**
 * Starts a subscription whose first payment has been made, or that needs none yet: `customer.subscription.created`, then
 * its first invoice from `invoice.created` to `invoice.payment_succeeded`, in the order that Stripe uses since API version Basil.
 */
export function startSubscription(
  context: Context,
  details: CheckoutDetails,
  payment: {
    sessionId: string;
    customerId: string;
    paymentMethodId: string | null;
    /** Absent if nothing is due yet. */
    intent?: Stripe.PaymentIntent;
  },
): Started {
  const { store, clock } = context;
  const data = details.subscriptionData;
  if (data === null)
    throw new Error(`Cannot start the subscription of session "${payment.sessionId}": no data`);
  const coupon = store.coupons.read(data.couponId ?? "");
  return beginSubscription(
    context,
    {
      customerId: payment.customerId,
      paymentMethodId: payment.paymentMethodId,
      currency: details.lineItems[0]?.currency ?? "usd",
      prices: details.lineItems.flatMap(({ price, quantity }) =>
        price === null ? [] : [{ price, quantity: quantity ?? 1 }],
      ),
      metadata: data.metadata,
      description: data.description,
      trialEnd: trialEndOf(data, clock.now()),
      missingPaymentMethod: data.missingPaymentMethod,
      billingMode: data.billingMode,
    },
    {
      discount: (subscription) =>
        coupon === undefined ? subscription : addDiscount(context, subscription, coupon),
      sessionId: payment.sessionId,
      intent: payment.intent,
    },
  );
}

/** `customer.subscription.created`, and its first invoice; without an intent that has paid it, it is collected at once. */
export function beginSubscription(
  context: Context,
  seed: Omit<SubscriptionSeed, "invoiceId" | "now">,
  by: {
    /** Gives it its discounts. */
    discount: (subscription: Stripe.Subscription) => Stripe.Subscription;
    sessionId: string | null;
    intent: Stripe.PaymentIntent | undefined;
  },
): Started {
  const { store, events, clock } = context;
  const invoiceId = newId("in");
  const subscription = store.subscriptions.insert(
    by.discount(newSubscription({ ...seed, invoiceId, now: clock.now() })),
  );
  if (by.sessionId !== null) store.sessionOfSubscription.set(subscription.id, by.sessionId);
  events.emit("customer.subscription.created", subscription, context);
  billFirst(context, subscription, { invoiceId, intent: by.intent });
  scheduleRenewal(context, subscription);
  scheduleTrialNotice(context, subscription);
  return { subscriptionId: subscription.id, invoiceId };
}

function billFirst(
  context: Context,
  subscription: Stripe.Subscription,
  { invoiceId, intent }: { invoiceId: string; intent: Stripe.PaymentIntent | undefined },
): void {
  const trial = subscription.status === "trialing";
  const now = context.clock.now();
  const draft = draftInvoice(context, subscription, {
    id: invoiceId,
    lines: itemLines(context.store, subscription, { period: periodOf(subscription), trial }),
    reason: "subscription_create",
    period: { start: now, end: now },
    finalize: "at_once",
  });
  const invoice = finalizeInvoice(context, draft, intent === undefined ? {} : { intent });
  if (invoice.status !== "open") return;
  if (intent === undefined) collectInvoice(context, invoice, { automatic: true });
  else settleInvoice(context, invoice);
}

function scheduleTrialNotice(context: Context, { id, trial_end: trialEnd }: Stripe.Subscription): void {
  if (trialEnd === null) return;
  const noticeAt = trialEnd - NOTICE;
  if (noticeAt > context.clock.now()) context.due.add({ kind: "notice_trial_end", id, trialEnd }, noticeAt);
  else noticeTrialEnd(context, id);
}

/** `customer.subscription.trial_will_end`: three days before the end, or at once if the trial is shorter. */
export function noticeTrialEnd(context: Context, id: string): void {
  context.events.emit("customer.subscription.trial_will_end", currentSubscription(context, id), context);
}
