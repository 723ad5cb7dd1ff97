import type { Stripe } from "stripe";
import { requireCoupon } from "../../objects/catalogue/coupons.ts";
import {
  newPromotionCode,
  readActiveCode,
  requirePromotionCode,
} from "../../objects/catalogue/promotionCodes.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { randomText } from "../../platform/ids.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { boolean, integer, object, oneOf, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";

export const createPromotionCodeFields = {
  promotion: object({ type: oneOf("coupon"), coupon: string() }),
  code: string(500),
  active: boolean,
  customer: string(),
  expires_at: integer(),
  max_redemptions: integer({ min: 1 }),
  metadata,
};

export function createPromotionCode(
  context: Context,
  params: Decoded<typeof createPromotionCodeFields>,
): Stripe.PromotionCode {
  const { store, clock, events } = context;
  const couponId = params.promotion?.coupon;
  if (params.promotion?.type === undefined) throw missingParameter("promotion[type]");
  if (couponId === undefined) throw missingParameter("promotion[coupon]");
  requireCoupon(context, couponId, "promotion[coupon]");
  if (params.customer !== undefined && store.customers.read(params.customer) === undefined) {
    throw missingObject("customer", params.customer, "customer");
  }
  const code = params.code ?? randomText(8).toUpperCase();
  if (readActiveCode(context, code) !== undefined) {
    throw invalidRequest("An active promotion code with `code: " + code + "` already exists.", {
      param: "code",
    });
  }
  const promotionCode = store.promotionCodes.insert(
    newPromotionCode({
      active: params.active ?? true,
      code,
      couponId,
      created: clock.now(),
      customer: params.customer ?? null,
      expires_at: params.expires_at ?? null,
      max_redemptions: params.max_redemptions ?? null,
      metadata: mergeMetadata({}, params.metadata),
    }),
  );
  events.emit("promotion_code.created", promotionCode, context);
  return promotionCode;
}

export function updatePromotionCode(
  context: Context,
  params: { active?: boolean; metadata?: Readonly<Record<string, string>> | null },
  id: string,
): Stripe.PromotionCode {
  const before = requirePromotionCode(context, id);
  const changed = {
    ...before,
    active: params.active ?? before.active,
    metadata: mergeMetadata(before.metadata ?? {}, params.metadata === undefined ? {} : params.metadata),
  };
  if (JSON.stringify(changed) === JSON.stringify(before)) return before;
  const promotionCode = context.store.promotionCodes.replace(changed);
  context.events.emit("promotion_code.updated", promotionCode, { origin: context.origin, previous: before });
  return promotionCode;
}

/** Counts one redemption of a promotion code. */
export function redeemPromotionCode({ store }: Context, id: string): void {
  const code = store.promotionCodes.read(id);
  if (code !== undefined) store.promotionCodes.replace({ ...code, times_redeemed: code.times_redeemed + 1 });
}
