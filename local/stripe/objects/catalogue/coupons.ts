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
