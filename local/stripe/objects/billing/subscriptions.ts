import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { customerReference } from "../customers/customers.ts";
import { reference, unset, type Expansions } from "../store/expansions.ts";
import type { Store } from "../store/store.ts";
import { nextPeriodEnd } from "./calendar.ts";

export const subscriptionExpansions: Expansions = {
  subscription: {
    customer: customerReference,
    default_payment_method: reference("paymentMethods"),
    latest_invoice: reference("invoices"),
    application: unset,
    default_source: unset,
    on_behalf_of: unset,
    pending_setup_intent: unset,
    schedule: reference("schedules"),
    test_clock: unset,
  },
  "": { subscription: reference("subscriptions") },
};

export type MissingPaymentMethod = "cancel" | "create_invoice" | "pause";

/** What a new subscription is made of. `trialEnd` is in seconds. */
export interface SubscriptionSeed {
  customerId: string;
  paymentMethodId: string | null;
  invoiceId: string;
  currency: string;
  prices: readonly { price: Stripe.Price; quantity: number }[];
  metadata: Record<string, string>;
  description: string | null;
  trialEnd: number | null;
  missingPaymentMethod: MissingPaymentMethod;
  billingMode: Stripe.Subscription.BillingMode;
  now: number;
}

/** A new subscription, active or trialing, as Stripe shows it. */
export function newSubscription(seed: SubscriptionSeed): Stripe.Subscription {
  const { now, trialEnd } = seed;
  const id = newId("sub");
  const anchor = trialEnd ?? now;
  return {
    id,
    object: "subscription",
    ...fixedFields,
    billing_cycle_anchor: anchor,
    billing_mode: seed.billingMode,
    created: now,
    currency: seed.currency,
    customer: seed.customerId,
    default_payment_method: seed.paymentMethodId,
    description: seed.description,
    items: {
      object: "list",
      data: seed.prices.map(({ price, quantity }) =>
        newItem(
          { price, quantity },
          {
            subscriptionId: id,
            period: { start: now, end: trialEnd ?? nextPeriodEnd(anchor, recurringOf(price), now) },
            now,
          },
        ),
      ),
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    latest_invoice: seed.invoiceId,
    metadata: seed.metadata,
    start_date: now,
    status: trialEnd === null ? "active" : "trialing",
    trial_end: trialEnd,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: seed.missingPaymentMethod },
    },
    trial_start: trialEnd === null ? null : now,
  };
}

/** A new item of a subscription. */
export function newItem(
  { price, quantity }: { price: Stripe.Price; quantity: number },
  own: { subscriptionId: string; period: { start: number; end: number }; now: number },
): Stripe.SubscriptionItem {
  return {
    id: newId("si"),
    object: "subscription_item",
    billing_thresholds: null,
    created: own.now,
    current_period_end: own.period.end,
    current_period_start: own.period.start,
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: toPlan(price),
    price,
    quantity,
    subscription: own.subscriptionId,
    tax_rates: [],
  };
}

/** How often a recurring price is due. */
export function recurringOf({ id, recurring }: Stripe.Price): Stripe.Price.Recurring {
  if (recurring === null) throw new Error(`Cannot bill price "${id}" again: it is not recurring`);
  return recurring;
}

/** The period all items of a subscription share, in seconds. */
export function periodOf({ id, items }: Stripe.Subscription): {
  start: number;
  end: number;
} {
  const [item] = items.data;
  if (item === undefined) throw new Error(`Cannot read the period of subscription "${id}": it has no items`);
  return { start: item.current_period_start, end: item.current_period_end };
}

/** The subscription with its items in another period. */
export function withPeriod(
  subscription: Stripe.Subscription,
  { start, end }: { start: number; end: number },
): Stripe.Subscription {
  const data = subscription.items.data.map((item) => ({
    ...item,
    current_period_end: end,
    current_period_start: start,
  }));
  return { ...subscription, items: { ...subscription.items, data } };
}

/** The plan, Stripe's predecessor of the price, which every subscription item still shows. */
export function toPlan(price: Stripe.Price): Stripe.Plan {
  const { interval, interval_count: count, usage_type: usage } = recurringOf(price);
  return {
    id: price.id,
    object: "plan",
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval,
    interval_count: count,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: usage,
  };
}

/** What is the same for every subscription when it is new. */
const fixedFields = {
  application: null,
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor_config: null,
  billing_schedules: [],
  billing_thresholds: null,
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
  collection_method: "charge_automatically",
  customer_account: null,
  days_until_due: null,
  default_source: null,
  default_tax_rates: [],
  discounts: [],
  ended_at: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: "self" },
  },
  livemode: false,
  managed_payments: { enabled: false },
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: null,
  payment_settings: {
    payment_method_options: null,
    payment_method_types: null,
    save_default_payment_method: "off",
  },
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  pending_update: null,
  schedule: null,
  test_clock: null,
  transfer_data: null,
} satisfies Partial<Stripe.Subscription>;

/** The subscription as it is now; it must exist. */
export function currentSubscription({ store }: { store: Store }, id: string | null): Stripe.Subscription {
  const subscription = store.subscriptions.read(id ?? "");
  if (subscription === undefined) throw new Error(`Cannot bill subscription "${id ?? ""}": not found`);
  return subscription;
}

/** Whether it has neither been canceled nor expired. */
export function isAlive({ status }: Stripe.Subscription): boolean {
  return status !== "canceled" && status !== "incomplete_expired";
}

/** The customer's subscriptions that have not ended, newest first. */
export function subscriptionsOf({ store }: { store: Store }, customerId: string): Stripe.Subscription[] {
  const index = { name: "customer", values: [customerId] } as const;
  return store.subscriptions.page({ limit: Infinity, index, where: isAlive }).data;
}

/** The subscription, or Stripe's 404. */
export function requireSubscription({ store }: { store: Store }, id: string): Stripe.Subscription {
  const subscription = store.subscriptions.read(id);
  if (subscription === undefined) throw missingObject("subscription", id);
  return subscription;
}
