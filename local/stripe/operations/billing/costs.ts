import type { Cost } from "../../objects/billing/costs.ts";
import type { ActiveDiscount } from "../../objects/billing/discounts.ts";
import { invalidRequest, type ApiError } from "../../platform/errors.ts";

/** A part of a cost. */
export function scale({ amount, discountAmounts }: Cost, part: number): Cost {
  return {
    amount: Math.round(amount * part),
    discountAmounts: discountAmounts.map((own) => ({ ...own, amount: Math.round(own.amount * part) })),
  };
}

/** A cost that is given back. */
export function negate({ amount, discountAmounts }: Cost): Cost {
  return {
    amount: plain(-amount),
    discountAmounts: discountAmounts.map((own) => ({ ...own, amount: plain(-own.amount) })),
  };
}

/** Without the sign that JavaScript gives to a negative zero. */
export function plain(amount: number): number {
  return amount === 0 ? 0 : amount;
}

/** An amount with what each discount takes off it, one after the other. */
export function withDiscounts(amount: number, discounts: readonly ActiveDiscount[]): Cost {
  let rest = amount;
  const discountAmounts = discounts.map(({ id, coupon }) => {
    if (coupon.percent_off === null) throw notDivided();
    const off = Math.round((rest * coupon.percent_off) / 100);
    rest -= off;
    return { amount: off, discount: id };
  });
  return { amount, discountAmounts };
}

/** Refuses debits that a discount would have to be divided among, before any of them is made. */
export function requireDivisible(discounts: readonly ActiveDiscount[]): void {
  if (discounts.some(({ coupon }) => coupon.percent_off === null)) throw notDivided();
}

function notDivided(): ApiError {
  return invalidRequest("Local Stripe does not prorate a subscription with an `amount_off` coupon.", {
    param: "items",
  });
}
