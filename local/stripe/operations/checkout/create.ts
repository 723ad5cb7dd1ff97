import type { Stripe } from "stripe";
import { discountItems, totalsOf } from "../../objects/checkout/lineItems.ts";
import type { CheckoutDetails } from "../../objects/store/store.ts";
import { requireChargeable } from "../../platform/currencies.ts";
import { invalidRequest } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { mergeMetadata } from "../../platform/metadata.ts";
import { toBillingMode } from "../billing/billingMode.ts";
import type { Context } from "../context/context.ts";
import { toShipping } from "../payments/shipping.ts";
import { requireDiscount } from "./discounts.ts";
import { createLineItems } from "./lineItems.ts";
import { paymentMethodTypes } from "./paymentMethodTypes.ts";
import { requireValid, type SessionParams } from "./sessionParams.ts";
import { toSession } from "./toSession.ts";

/** Creates a Checkout session in `payment` or `subscription` mode. */
export function createSession(context: Context, params: SessionParams): Stripe.Checkout.Session {
  requireValid(context, params);
  const subscriptionData = toSubscriptionData(params);
  const recurs = subscriptionData !== null;
  const trial = recurs && subscriptionData.trial !== null;
  const items = createLineItems(context, params.line_items, { recurs, trial, currency: params.currency });
  const currency = requireCurrency(params, items);
  const discountParam = params.discounts?.[0];
  const applied =
    discountParam &&
    requireDiscount(context, discountParam, { currency, customerId: params.customer ?? null });
  const lineItems = discountItems(items, applied?.coupon ?? null);
  const totals = totalsOf(lineItems);
  if (totals.amount_total !== null && totals.amount_total > 0)
    requireChargeable(totals.amount_total, currency);
  const types = paymentMethodTypes(currency, {
    recurs,
    allowed: params.allowed_payment_method_types,
    excluded: params.excluded_payment_method_types,
  });
  const session = toSession(context, params, {
    id: newId(context.livemode ? "cs_live" : "cs_test"),
    currency,
    totals,
    discounts: applied === undefined ? [] : [applied.discount],
    paymentMethodTypes: types,
  });
  context.store.checkoutDetails.set(session.id, {
    lineItems,
    attemptIntentId: null,
    subscriptionData: subscriptionData && { ...subscriptionData, couponId: applied?.coupon.id ?? null },
    paymentIntentData: toIntentData(params),
  });
  context.due.add({ kind: "expire_session", id: session.id }, session.expires_at);
  return context.store.sessions.insert(session);
}

function requireCurrency(params: SessionParams, [item]: readonly Stripe.LineItem[]): string {
  const currency = item?.currency ?? "";
  if (params.currency !== undefined && params.currency !== currency) {
    throw invalidRequest(
      `The currency \`${params.currency}\` does not match the currency of the line items, \`${currency}\`.`,
      { param: "currency" },
    );
  }
  return currency;
}

function toSubscriptionData({
  mode,
  subscription_data: data,
}: SessionParams): CheckoutDetails["subscriptionData"] {
  if (mode !== "subscription") return null;
  const { trial_period_days: days, trial_end: end } = data ?? {};
  return {
    metadata: mergeMetadata({}, data?.metadata),
    description: data?.description ?? null,
    trial: days === undefined ? (end === undefined ? null : { end }) : { days },
    missingPaymentMethod: data?.trial_settings?.end_behavior?.missing_payment_method ?? "create_invoice",
    billingMode: toBillingMode(data?.billing_mode),
    couponId: null,
  };
}

function toIntentData({
  mode,
  payment_intent_data: data,
}: SessionParams): CheckoutDetails["paymentIntentData"] {
  return {
    metadata: mergeMetadata({}, data?.metadata),
    description: data?.description ?? (mode === "subscription" ? "Subscription creation" : null),
    receiptEmail: data?.receipt_email ?? null,
    statementDescriptor: data?.statement_descriptor ?? null,
    statementDescriptorSuffix: data?.statement_descriptor_suffix ?? null,
    captureMethod: data?.capture_method ?? "automatic_async",
    setupFutureUsage: data?.setup_future_usage ?? null,
    shipping: toShipping(data?.shipping),
  };
}
