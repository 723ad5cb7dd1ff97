import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { customerReference } from "../customers/customers.ts";
import { reference, unset, type Expansions } from "../store/expansions.ts";
import { idOf, type Store } from "../store/store.ts";
import { periodOf } from "./subscriptions.ts";

export const scheduleExpansions: Expansions = {
  subscription_schedule: {
    customer: customerReference,
    subscription: reference("subscriptions"),
    application: unset,
    test_clock: unset,
  },
};

type Schedule = Stripe.SubscriptionSchedule;

/** A schedule that begins with a subscription as it is, for the rest of its period. */
export function newSchedule(subscription: Stripe.Subscription, now: number): Schedule {
  const { start, end } = periodOf(subscription);
  const items = subscription.items.data.map(({ price, quantity = 1 }) => ({ priceId: price.id, quantity }));
  return {
    id: newId("sub_sched"),
    object: "subscription_schedule",
    application: null,
    billing_mode: subscription.billing_mode,
    canceled_at: null,
    completed_at: null,
    created: now,
    current_phase: { start_date: start, end_date: end },
    customer: subscription.customer,
    customer_account: null,
    default_settings: {
      application_fee_percent: null,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null },
      billing_cycle_anchor: "automatic",
      billing_thresholds: null,
      collection_method: "charge_automatically",
      default_payment_method: null,
      description: null,
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        days_until_due: null,
        description: null,
        footer: null,
        issuer: { type: "self" },
      },
      on_behalf_of: null,
      transfer_data: null,
    },
    end_behavior: "release",
    livemode: false,
    metadata: {},
    pause_schedules: [],
    phases: [newPhase(subscription, { items, start, end })],
    released_at: null,
    released_subscription: null,
    status: "active",
    subscription: subscription.id,
    test_clock: null,
  };
}

export function newPhase(
  { currency }: Pick<Stripe.Subscription, "currency">,
  {
    items,
    start,
    end,
  }: { items: readonly { priceId: string; quantity: number }[]; start: number; end: number },
): Schedule["phases"][number] {
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    currency,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    end_date: end,
    invoice_settings: null,
    items: items.map(({ priceId, quantity }) => ({
      billing_thresholds: null,
      discounts: [],
      metadata: {},
      plan: priceId,
      price: priceId,
      quantity,
      tax_rates: [],
    })),
    metadata: {},
    on_behalf_of: null,
    proration_behavior: "none",
    start_date: start,
    transfer_data: null,
    trial_end: null,
  };
}

/** The schedule, or Stripe's 404. */
export function requireSchedule({ store }: { store: Store }, id: string): Schedule {
  const schedule = store.schedules.read(id);
  if (schedule === undefined) throw missingObject("subscription schedule", id);
  return schedule;
}

/** The schedule that manages a subscription; undefined if none does. */
export function scheduleOf(
  { store }: { store: Store },
  { schedule }: Stripe.Subscription,
): Schedule | undefined {
  const found = store.schedules.read(idOf(schedule) ?? "");
  return found?.status === "active" ? found : undefined;
}
