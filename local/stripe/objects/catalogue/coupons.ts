import type { Stripe } from "stripe";
import type { Clock } from "../../platform/clock.ts";
import { missingObject } from "../../platform/errors.ts";
import { reference, type Expansions } from "../store/expansions.ts";
import type { Store } from "../store/store.ts";

export const couponExpansions: Expansions = { "": { coupon: reference("coupons") } };

/** The coupon as it is now, valid or not; or the refusal naming the parameter that asked for it. */
export function requireCoupon(
  { store, clock }: { store: Store; clock: Clock },
  id: string,
  param?: string,
): Stripe.Coupon {
  const coupon = store.coupons.read(id);
  if (coupon === undefined) throw missingObject("coupon", id, param);
  return withValidity(coupon, clock.now());
}

export function withValidity(coupon: Stripe.Coupon, now: number): Stripe.Coupon {
  const { redeem_by: until, max_redemptions: most, times_redeemed: times } = coupon;
  return { ...coupon, valid: (until === null || now < until) && (most === null || times < most) };
}

/** What a new coupon is made of. */
export type CouponSeed = Pick<
  Stripe.Coupon,
  | "id"
  | "amount_off"
  | "created"
  | "currency"
  | "duration"
  | "duration_in_months"
  | "max_redemptions"
  | "metadata"
  | "name"
  | "percent_off"
  | "redeem_by"
>;

/** A new coupon as Stripe shows it. */
export function newCoupon(seed: CouponSeed): Stripe.Coupon {
  return {
    id: seed.id,
    object: "coupon",
    amount_off: seed.amount_off,
    created: seed.created,
    currency: seed.currency,
    duration: seed.duration,
    duration_in_months: seed.duration_in_months,
    livemode: false,
    max_redemptions: seed.max_redemptions,
    metadata: seed.metadata,
    name: seed.name,
    percent_off: seed.percent_off,
    redeem_by: seed.redeem_by,
    times_redeemed: 0,
    valid: true,
  };
}
