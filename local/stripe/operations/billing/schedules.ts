import type { Stripe } from "stripe";
import { nextPeriodEnd } from "../../objects/billing/calendar.ts";
import { newPhase, newSchedule, scheduleOf } from "../../objects/billing/schedules.ts";
import {
  currentSubscription,
  isAlive,
  periodOf,
  recurringOf,
  requireSubscription,
  toPlan,
} from "../../objects/billing/subscriptions.ts";
import { requirePrice } from "../../objects/catalogue/prices.ts";
import { idOf } from "../../objects/store/store.ts";
import { invalidRequest, missingParameter } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { boolean, integer, list, object, oneOf, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import { requireRecurring } from "./itemChanges.ts";
import { replaceSubscription } from "./subscriptions.ts";

type Schedule = Stripe.SubscriptionSchedule;

export const createScheduleFields = { from_subscription: string(), metadata };

export const updateScheduleFields = {
  end_behavior: oneOf("cancel", "release"),
  metadata,
  phases: list(
    object({
      end_date: integer(),
      items: list(object({ price: string(), quantity: integer({ min: 1 }) }), { max: 20 }),
      proration_behavior: oneOf("none"),
      start_date: integer(),
    }),
    { max: 2 },
  ),
  proration_behavior: oneOf("none"),
};

export const releaseScheduleFields = { preserve_cancel_date: boolean };

/** Puts a subscription under a schedule: `subscription_schedule.created`, `customer.subscription.updated`. */
export function createSchedule(context: Context, params: Decoded<typeof createScheduleFields>): Schedule {
  const { from_subscription: from } = params;
  if (from === undefined) throw missingParameter("from_subscription");
  const subscription = requireSubscription(context, from);
  if (!isAlive(subscription) || scheduleOf(context, subscription) !== undefined) {
    throw invalidRequest(
      "You cannot migrate a subscription that is already attached to a schedule, or that has ended.",
      { param: "from_subscription" },
    );
  }
  if (subscription.cancel_at !== null || subscription.status === "trialing") {
    throw invalidRequest("Local Stripe schedules neither trials nor subscriptions that are going to end.");
  }
  const made = newSchedule(subscription, context.clock.now());
  const schedule = context.store.schedules.insert({
    ...made,
    metadata: mergeMetadata({}, params.metadata),
  });
  context.events.emit("subscription_schedule.created", schedule, context);
  replaceSubscription(context, subscription, { ...subscription, schedule: schedule.id });
  return schedule;
}

/**
 * Changes what comes after the current period, as a portal does for a downgrade at its end: the first phase is the period,
 * the second one has the new items. `subscription_schedule.updated`.
 */
export function updateSchedule(
  context: Context,
  before: Schedule,
  params: Decoded<typeof updateScheduleFields>,
): Schedule {
  requireActive(before, "update");
  const subscription = currentSubscription(context, idOf(before.subscription));
  const phases = params.phases === undefined ? before.phases : toPhases(context, subscription, params.phases);
  const schedule = replaceSchedule(context, before, {
    ...before,
    end_behavior: params.end_behavior ?? before.end_behavior,
    metadata: mergeMetadata(before.metadata ?? {}, params.metadata),
    phases,
  });
  const endsAt = schedule.end_behavior === "cancel" ? (schedule.phases.at(-1)?.end_date ?? null) : null;
  replaceSubscription(context, subscription, { ...subscription, cancel_at: endsAt });
  return schedule;
}

function toPhases(
  context: Context,
  subscription: Stripe.Subscription,
  [current, next]: NonNullable<Decoded<typeof updateScheduleFields>["phases"]>,
): Schedule["phases"] {
  const { start, end } = periodOf(subscription);
  const own = newSchedule(subscription, start).phases;
  const asked = JSON.stringify((current?.items ?? []).map(({ price, quantity = 1 }) => [price, quantity]));
  const had = JSON.stringify(own[0]?.items.map(({ price, quantity }) => [price, quantity]));
  if (asked !== had || (current?.end_date ?? end) !== end || (current?.start_date ?? start) !== start) {
    throw invalidRequest("Local Stripe's schedules begin with the current period as it is.", {
      param: "phases[0]",
    });
  }
  if (next === undefined) return own;
  const items = (next.items ?? []).map(({ price: priceId, quantity = 1 }, index) => {
    const param = `phases[1][items][${index}]`;
    if (priceId === undefined) throw missingParameter(`${param}[price]`);
    requireRecurring(context, subscription, { priceId, param });
    return { priceId, quantity };
  });
  const [first] = items;
  if (first === undefined || items.length !== subscription.items.data.length) {
    throw invalidRequest("Local Stripe's schedules change prices and quantities of items alone.", {
      param: "phases[1][items]",
    });
  }
  const recurring = recurringOf(requirePrice(context, first.priceId));
  const [item] = subscription.items.data;
  if (item === undefined || recurring.interval !== recurringOf(item.price).interval) {
    throw invalidRequest("Local Stripe's schedules keep the interval.", { param: "phases[1][items]" });
  }
  const after = nextPeriodEnd(subscription.billing_cycle_anchor, recurring, end);
  return [...own, newPhase(subscription, { items, start: end, end: next.end_date ?? after })];
}

/**
 * Leaves the subscription as it is, without what was to come: `subscription_schedule.released`,
 * `customer.subscription.updated`. An end that the schedule has set goes with it, unless `preserve_cancel_date` is set.
 * Source: https://docs.stripe.com/api/subscription_schedules/release
 */
export function releaseSchedule(
  context: Context,
  before: Schedule,
  { preserve_cancel_date: keepsEnd = false }: Decoded<typeof releaseScheduleFields> = {},
): Schedule {
  requireActive(before, "release");
  const subscription = currentSubscription(context, idOf(before.subscription));
  const released = context.store.schedules.replace({
    ...before,
    current_phase: null,
    released_at: context.clock.now(),
    released_subscription: subscription.id,
    status: "released",
    subscription: null,
  });
  context.events.emit("subscription_schedule.released", released, context);
  replaceSubscription(context, subscription, {
    ...subscription,
    schedule: null,
    ...(!keepsEnd && { cancel_at: null }),
  });
  return released;
}

/** The subscription in the phase that begins with its next period, if it is under a schedule. */
export function enterPhase(context: Context, subscription: Stripe.Subscription): Stripe.Subscription {
  const schedule = scheduleOf(context, subscription);
  const now = context.clock.now();
  const phase = schedule?.phases.find(({ start_date: start }) => start === now);
  if (schedule === undefined) return subscription;
  if (phase === undefined) {
    releaseSchedule(context, schedule);
    return currentSubscription(context, subscription.id);
  }
  replaceSchedule(context, schedule, {
    ...schedule,
    current_phase: { start_date: phase.start_date, end_date: phase.end_date },
  });
  const data = subscription.items.data.map((item, index) => {
    const entered = phase.items[index];
    if (entered === undefined) return item;
    const price = requirePrice(context, idOf(entered.price) ?? "");
    return { ...item, price, plan: toPlan(price), quantity: entered.quantity ?? 1 };
  });
  return { ...subscription, items: { ...subscription.items, data } };
}

/** A schedule ends with its subscription: `subscription_schedule.canceled`. */
export function cancelScheduleOf(context: Context, subscription: Stripe.Subscription): void {
  const schedule = scheduleOf(context, subscription);
  if (schedule === undefined) return;
  const canceled = context.store.schedules.replace({
    ...schedule,
    canceled_at: context.clock.now(),
    current_phase: null,
    status: "canceled",
  });
  context.events.emit("subscription_schedule.canceled", canceled, context);
}

/** Stripe lets a schedule alone decide when its subscription ends. */
export function requireOwnEnding(context: Context, subscription: Stripe.Subscription): void {
  const schedule = scheduleOf(context, subscription);
  if (schedule === undefined) return;
  throw invalidRequest(
    `The subscription is managed by the subscription schedule \`${schedule.id}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
  );
}

function replaceSchedule(context: Context, before: Schedule, changed: Schedule): Schedule {
  if (JSON.stringify(changed) === JSON.stringify(before)) return before;
  const schedule = context.store.schedules.replace(changed);
  const { origin } = context;
  context.events.emit("subscription_schedule.updated", schedule, { origin, previous: before });
  return schedule;
}

function requireActive({ status }: Schedule, verb: string): void {
  if (status === "active") return;
  throw invalidRequest(
    `You cannot ${verb} a subscription schedule that is currently in the \`${status}\` status.`,
  );
}
