import type { Stripe } from "stripe";
import { activeDiscounts, newDiscount } from "../../objects/billing/discounts.ts";
import { requireCoupon } from "../../objects/catalogue/coupons.ts";
import { idOf } from "../../objects/store/store.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { redeemCoupon } from "../catalogue/coupons.ts";
import type { Context } from "../context/context.ts";

/** The coupon, if it can still be redeemed and takes money off a sale in that currency. */
export function requireUsable(
  context: Context,
  couponId: string,
  { currency, param }: { currency: string; param: string },
): Stripe.Coupon {
  const coupon = requireCoupon(context, couponId, param);
  if (!coupon.valid) throw invalidRequest(`Coupon expired: ${coupon.id}`, { code: "coupon_expired", param });
  if (coupon.currency !== null && coupon.currency !== currency) {
    throw invalidRequest(
      `The coupon \`${coupon.id}\` is in ${coupon.currency} and cannot be applied to a sale in ${currency}.`,
      { param },
    );
  }
  return coupon;
}

/** Gives a subscription a coupon; the caller stores it. */
export function addDiscount(
  { store, clock }: Context,
  subscription: Stripe.Subscription,
  coupon: Stripe.Coupon,
): Stripe.Subscription {
  const discount = newDiscount(coupon, { subscription, now: clock.now() });
  store.discounts.set(discount.id, discount);
  return { ...subscription, discounts: [...subscription.discounts, discount.id] };
}

/** A subscription with these discounts in place of those it has: new coupons, or some of its own that it keeps. */
export function replaceDiscounts(
  context: Context,
  subscription: Stripe.Subscription,
  wanted: readonly { coupon?: string; discount?: string }[],
): Stripe.Subscription {
  return wanted.reduce<Stripe.Subscription>(
    (changed, { coupon: couponId, discount: discountId }, index) => {
      const param = `discounts[${index}]`;
      if (discountId !== undefined) {
        const own = subscription.discounts.find((reference) => idOf(reference) === discountId);
        if (own === undefined) throw missingObject("discount", discountId, `${param}[discount]`);
        return { ...changed, discounts: [...changed.discounts, own] };
      }
      if (couponId === undefined) throw missingParameter(`${param}[coupon]`);
      const coupon = requireUsable(context, couponId, {
        currency: subscription.currency,
        param: `${param}[coupon]`,
      });
      redeemCoupon(context, coupon.id);
      return addDiscount(context, changed, coupon);
    },
    { ...subscription, discounts: [] },
  );
}

/** Ends the discounts of a subscription that are for one invoice, once lines have had them. */
export function useDiscounts({ store, clock }: Context, subscription: Stripe.Subscription): void {
  const now = clock.now();
  for (const { id, coupon } of activeDiscounts(store, subscription, now)) {
    const discount = store.discounts.get(id);
    if (coupon.duration === "once" && discount) store.discounts.set(id, { ...discount, end: now });
  }
}
