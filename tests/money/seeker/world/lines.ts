import { requirePrice } from "./catalogue.ts";
import type { Truth, WorldLine, WorldSubscription } from "./types.ts";
import type { World } from "./world.ts";

/** The percent that discounts take now. */
function percentOff({ coupon }: WorldSubscription, now: number): number {
  return coupon && now < coupon.until ? coupon.percent : 0;
}

function unitAmount({ currency }: WorldSubscription, priceId: string): number {
  return requirePrice(priceId).amounts[currency];
}

/** The line that bills the current period. Its amount is before discounts; a trial's is 0. */
export function newFullLine(world: World, subscription: WorldSubscription): WorldLine {
  const { priceId, quantity, period, mode, status } = subscription;
  const listed = unitAmount(subscription, priceId) * quantity;
  const isTrial = status === "trialing" && listed > 0;
  const gross = isTrial ? 0 : listed;
  const percent = percentOff(subscription, world.now);
  const discount = Math.round((gross * percent) / 100);
  return {
    ...newItemLine(world, subscription, { priceId, quantity }),
    kind: "full",
    amount: gross,
    discount,
    isDiscounted: percent > 0,
    period: { ...period },
    truth: {
      kind: "full",
      share: 1,
      gross,
      net: gross - discount,
      isTrial,
      isClassic: isClassic(mode),
      origin: null,
    },
  };
}

/** The rest of the period at the item's price and quantity of now. */
export function newDebitLine(world: World, subscription: WorldSubscription): WorldLine {
  return newTimeLine(world, subscription, { kind: "debit", origin: null });
}

/**
 * What the rest of the period gives back; undefined if nothing was billed. Flexible billing gives back what was billed,
 * classic billing what the item costs now.
 * Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare
 */
export function newCreditLine(world: World, subscription: WorldSubscription): WorldLine | undefined {
  const { debit: origin, mode } = subscription;
  if (!origin) return undefined;
  const line = isClassic(mode)
    ? newTimeLine(world, subscription, { kind: "credit", origin })
    : newReturnLine(world, subscription, origin);
  const isNamed = mode !== "unnamed" && origin.invoiceId !== null;
  const credited = isNamed ? { invoiceId: origin.invoiceId ?? "", lineIds: [origin.lineId] } : null;
  return { ...line, credited, kind: line.amount < 0 || credited ? "credit" : "debit" };
}

function newTimeLine(
  world: World,
  subscription: WorldSubscription,
  { kind, origin }: Pick<Truth, "kind" | "origin">,
): WorldLine {
  const { priceId, quantity, period, mode } = subscription;
  const share = shareLeft(period, world.now);
  const cost = Math.round(unitAmount(subscription, priceId) * quantity * share);
  const gross = kind === "credit" ? -cost : cost;
  const percent = percentOff(subscription, world.now);
  const net = gross - Math.round((gross * percent) / 100);
  return {
    ...newItemLine(world, subscription, { priceId, quantity }),
    ...toShown(subscription, { gross, net }),
    kind,
    isDiscounted: percent > 0,
    period: { start: world.now, end: period.end },
    truth: { kind, share, gross, net, isTrial: false, isClassic: isClassic(mode), origin },
  };
}

function newReturnLine(world: World, subscription: WorldSubscription, origin: WorldLine): WorldLine {
  const part = shareLeft(origin.period, world.now);
  const gross = -Math.round(origin.truth.gross * part);
  const net = -Math.round(origin.truth.net * part);
  return {
    ...newItemLine(world, subscription, origin),
    ...toShown(subscription, { gross, net }),
    kind: "credit",
    isDiscounted: origin.isDiscounted,
    period: { start: world.now, end: origin.period.end },
    truth: {
      kind: "credit",
      share: origin.truth.share * part,
      gross,
      net,
      isTrial: false,
      isClassic: false,
      origin,
    },
  };
}

function newItemLine(
  world: World,
  { itemId }: WorldSubscription,
  { priceId, quantity }: { priceId: string; quantity: number },
) {
  const { productId } = requirePrice(priceId);
  return { lineId: world.newId("il"), itemId, productId, priceId, quantity, credited: null, invoiceId: null };
}

/**
 * Prorations are net of discounts unless the subscription itemizes them.
 * Source: https://docs.stripe.com/changelog/clover/2025-09-30/itemize-proration-discount-amounts
 */
function toShown({ mode }: WorldSubscription, { gross, net }: { gross: number; net: number }) {
  return mode === "itemized" ? { amount: gross, discount: gross - net } : { amount: net, discount: 0 };
}

function isClassic(mode: WorldSubscription["mode"]): boolean {
  return mode === "classic" || mode === "unnamed";
}

function shareLeft({ start, end }: { start: number; end: number }, now: number): number {
  return Math.min(1, Math.max(0, (end - now) / (end - start)));
}
