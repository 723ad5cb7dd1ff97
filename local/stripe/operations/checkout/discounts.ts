import type { Stripe } from "stripe";
import { isRedeemable, requirePromotionCode } from "../../objects/catalogue/promotionCodes.ts";
import { idOf } from "../../objects/store/store.ts";
import { exclusiveParameters, invalidRequest, missingParameter } from "../../platform/errors.ts";
import { requireUsable } from "../billing/discounts.ts";
import { redeemCoupon } from "../catalogue/coupons.ts";
import { redeemPromotionCode } from "../catalogue/promotionCodes.ts";
import type { Context } from "../context/context.ts";

type DiscountParam = { coupon?: string; promotion_code?: string };

/** A discount that may be applied: what the session shows, and the coupon that counts. */
export interface AppliedDiscount {
  discount: Stripe.Checkout.Session.Discount;
  coupon: Stripe.Coupon;
}

/** The discount a new session asks for, or the reason why it cannot have it. */
export function requireDiscount(
  context: Context,
  param: DiscountParam,
  sale: { currency: string; customerId: string | null },
): AppliedDiscount {
  const path = "discounts[0]";
  if (param.coupon !== undefined && param.promotion_code !== undefined) {
    throw exclusiveParameters(`${path}[coupon]`, `${path}[promotion_code]`);
  }
  if (param.promotion_code !== undefined) {
    const code = requirePromotionCode(context, param.promotion_code, `${path}[promotion_code]`);
    return applyPromotionCode(context, code, { ...sale, param: `${path}[promotion_code]` });
  }
  if (param.coupon === undefined) throw missingParameter(`${path}[coupon]`);
  const coupon = requireUsable(context, param.coupon, { ...sale, param: `${path}[coupon]` });
  return { discount: { coupon: coupon.id, promotion_code: null }, coupon };
}

/** The discount of a promotion code, or the reason why it may not be used here. */
export function applyPromotionCode(
  context: Context,
  code: Stripe.PromotionCode,
  sale: { currency: string; customerId: string | null; param: string },
): AppliedDiscount {
  const owner = idOf(code.customer);
  if (!isRedeemable(code, context.clock.now()) || (owner !== null && owner !== sale.customerId)) {
    throw invalidRequest("This promotion code is invalid.", { param: sale.param });
  }
  const coupon = requireUsable(context, idOf(code.promotion.coupon) ?? "", sale);
  return { discount: { coupon: null, promotion_code: code.id }, coupon };
}

/** Counts the redemption of what a session was discounted with. */
export function redeemDiscounts(context: Context, session: Stripe.Checkout.Session): void {
  for (const { coupon, promotion_code: code } of session.discounts ?? []) {
    const promotionCode = context.store.promotionCodes.read(idOf(code) ?? "");
    const couponId = idOf(coupon) ?? idOf(promotionCode?.promotion.coupon);
    if (promotionCode !== undefined) redeemPromotionCode(context, promotionCode.id);
    if (couponId !== null) redeemCoupon(context, couponId);
  }
}
