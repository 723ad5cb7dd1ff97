import type { Stripe } from "stripe";
import type { Clock } from "../../platform/clock.ts";
import { missingObject } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { customerReference } from "../customers/customers.ts";
import { reference, type Expansions } from "../store/expansions.ts";
import type { Store } from "../store/store.ts";

export const promotionCodeExpansions: Expansions = {
  promotion_code: { customer: customerReference },
  "": { promotion_code: reference("promotionCodes") },
};

/** The promotion code, or the refusal naming the parameter that asked for it. */
export function requirePromotionCode(
  { store }: { store: Store },
  id: string,
  param?: string,
): Stripe.PromotionCode {
  const promotionCode = store.promotionCodes.read(id);
  if (promotionCode === undefined) throw missingObject("promotion code", id, param);
  return promotionCode;
}

/** The active promotion code that buyers mean by what they typed, in upper or lower case. */
export function readActiveCode(
  { store, clock }: { store: Store; clock: Clock },
  code: string,
): Stripe.PromotionCode | undefined {
  const { data } = store.promotionCodes.page({
    limit: 1,
    index: { name: "code", values: [code.trim().toLowerCase()] },
    where: (value) => isRedeemable(value, clock.now()),
  });
  return data[0];
}

/** Whether the code itself may still be used; its coupon has limits of its own. */
export function isRedeemable(code: Stripe.PromotionCode, now: number): boolean {
  return (
    code.active &&
    (code.expires_at === null || now < code.expires_at) &&
    (code.max_redemptions === null || code.times_redeemed < code.max_redemptions)
  );
}

/** What a new promotion code is made of. */
export type PromotionCodeSeed = Pick<
  Stripe.PromotionCode,
  "active" | "code" | "created" | "customer" | "expires_at" | "max_redemptions" | "metadata"
> & { couponId: string };

/** A new promotion code as Stripe shows it. */
export function newPromotionCode(seed: PromotionCodeSeed): Stripe.PromotionCode {
  return {
    id: newId("promo"),
    object: "promotion_code",
    active: seed.active,
    code: seed.code,
    created: seed.created,
    customer: seed.customer,
    customer_account: null,
    expires_at: seed.expires_at,
    livemode: false,
    max_redemptions: seed.max_redemptions,
    metadata: seed.metadata,
    promotion: { type: "coupon", coupon: seed.couponId },
    restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
    times_redeemed: 0,
  };
}
