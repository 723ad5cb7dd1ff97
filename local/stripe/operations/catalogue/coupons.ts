import type { Stripe } from "stripe";
import { newCoupon } from "../../objects/catalogue/coupons.ts";
import { currency } from "../../platform/currencies.ts";
import { exclusiveParameters, invalidRequest, missingParameter } from "../../platform/errors.ts";
import { randomText } from "../../platform/ids.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { decimal, integer, oneOf, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";

export const createCouponFields = {
  id: string(500),
  name: string(40),
  percent_off: decimal,
  amount_off: integer({ min: 1 }),
  currency,
  duration: oneOf("once", "forever", "repeating"),
  duration_in_months: integer({ min: 1 }),
  max_redemptions: integer({ min: 1 }),
  redeem_by: integer(),
  metadata,
};

export function createCoupon(context: Context, params: Decoded<typeof createCouponFields>): Stripe.Coupon {
  const { store, clock, events } = context;
  requireOneDiscount(params);
  if (params.id !== undefined && store.coupons.read(params.id) !== undefined) {
    throw invalidRequest("Coupon already exists.", { code: "resource_already_exists", param: "id" });
  }
  const duration = params.duration ?? "once";
  if (duration === "repeating" && params.duration_in_months === undefined) {
    throw missingParameter("duration_in_months");
  }
  const coupon = store.coupons.insert(
    newCoupon({
      id: params.id ?? randomText(8),
      amount_off: params.amount_off ?? null,
      created: clock.now(),
      currency: params.currency ?? null,
      duration,
      duration_in_months: params.duration_in_months ?? null,
      max_redemptions: params.max_redemptions ?? null,
      metadata: mergeMetadata({}, params.metadata),
      name: params.name ?? null,
      percent_off: params.percent_off ?? null,
      redeem_by: params.redeem_by ?? null,
    }),
  );
  events.emit("coupon.created", coupon, context);
  return coupon;
}

function requireOneDiscount(params: Decoded<typeof createCouponFields>): void {
  const { percent_off: percent, amount_off: amount } = params;
  if (percent !== undefined && amount !== undefined) throw exclusiveParameters("percent_off", "amount_off");
  if (percent === undefined && amount === undefined) {
    throw invalidRequest("Must provide percent_off or amount_off.", {
      code: "parameter_missing",
      param: "percent_off",
    });
  }
  if (percent !== undefined && (percent <= 0 || percent > 100)) {
    throw invalidRequest("Invalid percent_off: must be greater than 0 and at most 100", {
      param: "percent_off",
    });
  }
  if (amount !== undefined && params.currency === undefined) throw missingParameter("currency");
}

/** Counts one redemption of a coupon. */
export function redeemCoupon({ store }: Context, id: string): void {
  const coupon = store.coupons.read(id);
  if (coupon !== undefined) store.coupons.replace({ ...coupon, times_redeemed: coupon.times_redeemed + 1 });
}
