import { bill } from "./billing.ts";
import { addMonths, nextPeriodEnd } from "./calendar.ts";
import { requirePrice, type Currency } from "./catalogue.ts";
import { newCreditLine, newDebitLine, newFullLine } from "./lines.ts";
import type { Behavior, Coupon, Mode, WorldLine, WorldSubscription } from "./types.ts";
import type { World } from "./world.ts";

const TRIAL_MS = 7 * 86_400_000;

export interface Start {
  userId: string;
  payerId: string;
  priceId: string;
  quantity: number;
  mode: Mode;
  currency: Currency;
  coupon: Coupon | null;
  hasTrial: boolean;
}

/** Subscribes and bills the first period. A checkout completes only if it is paid. */
export function subscribe(world: World, start: Start): WorldSubscription {
  const { coupon, hasTrial, ...terms } = start;
  const { now } = world;
  const end = hasTrial ? now + TRIAL_MS : nextPeriodEnd(now, intervalOf(start.priceId), now);
  const subscription: WorldSubscription = {
    ...terms,
    subscriptionId: world.newId("sub"),
    itemId: world.newId("si"),
    status: hasTrial ? "trialing" : "active",
    anchor: now,
    period: { start: now, end },
    coupon: null,
    cancelsAtEnd: false,
    debit: null,
    pending: [],
  };
  setCoupon(world, subscription, coupon);
  world.subscriptions.push(subscription);
  billPeriod(world, subscription, { isFirst: true, cardWorks: true });
  return subscription;
}

export function setCoupon(world: World, subscription: WorldSubscription, coupon: Coupon | null): void {
  const until = coupon?.duration === "repeating" ? addMonths(world.now, 3) : Infinity;
  subscription.coupon = coupon && { ...coupon, until };
}

export interface Change {
  priceId: string;
  quantity: number;
  behavior: Behavior;
  cardWorks: boolean;
}

/**
 * Another price or quantity. The difference is prorated on an invoice of its own or on the next one; another interval
 * begins a new period, which is billed at once. Source: https://docs.stripe.com/billing/subscriptions/prorations
 */
export function change(world: World, subscription: WorldSubscription, to: Change): void {
  const { priceId, quantity, behavior, cardWorks } = to;
  const hasNewInterval = intervalOf(priceId) !== intervalOf(subscription.priceId);
  const prorates = behavior !== "none" && subscription.status === "active";
  if (prorates) giveBack(world, subscription);
  subscription.priceId = priceId;
  subscription.quantity = quantity;
  if (subscription.status === "trialing") return;
  if (hasNewInterval) {
    subscription.anchor = world.now;
    beginPeriod(world, subscription);
    billPeriod(world, subscription, { cardWorks });
    return;
  }
  if (prorates) {
    const debit = newDebitLine(world, subscription);
    subscription.debit = debit;
    subscription.pending.push(debit);
  }
  if (behavior === "always_invoice") {
    bill(world, subscription, { lines: takePending(subscription), cardWorks });
  }
}

/** Ends the period: the next one is billed with all that is pending, or the subscription ends. */
export function renew(world: World, subscription: WorldSubscription, cardWorks: boolean): void {
  if (subscription.cancelsAtEnd) {
    subscription.status = "canceled";
    const lines = takePending(subscription);
    if (lines.length > 0) bill(world, subscription, { lines, cardWorks });
    return;
  }
  if (subscription.status === "trialing") {
    subscription.status = "active";
    subscription.anchor = world.now;
  }
  beginPeriod(world, subscription);
  billPeriod(world, subscription, { cardWorks });
}

/** Ends it now. With `prorate` the unused time is given back, on a last invoice. */
export function cancelNow(
  world: World,
  subscription: WorldSubscription,
  { prorate }: { prorate: boolean },
): void {
  if (prorate && subscription.status === "active") giveBack(world, subscription);
  subscription.status = "canceled";
  const lines = takePending(subscription);
  if (prorate && lines.length > 0) bill(world, subscription, { lines, cardWorks: true });
}

function giveBack(world: World, subscription: WorldSubscription): void {
  const credit = newCreditLine(world, subscription);
  if (credit) subscription.pending.push(credit);
  subscription.debit = null;
}

function beginPeriod({ now }: World, subscription: WorldSubscription): void {
  const { anchor, priceId } = subscription;
  subscription.period = { start: now, end: nextPeriodEnd(anchor, intervalOf(priceId), now) };
}

function billPeriod(
  world: World,
  subscription: WorldSubscription,
  options: { isFirst?: boolean; cardWorks: boolean },
): void {
  const full = newFullLine(world, subscription);
  // Nothing is given back for a trial.
  subscription.debit = subscription.status === "trialing" ? null : full;
  bill(world, subscription, { ...options, lines: [...takePending(subscription), full] });
}

function takePending(subscription: WorldSubscription): WorldLine[] {
  return subscription.pending.splice(0);
}

function intervalOf(priceId: string): "month" | "year" {
  return requirePrice(priceId).interval ?? "month";
}
