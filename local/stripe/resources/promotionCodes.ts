import type { Stripe } from "stripe";
import { invalidRequest, missingObject, missingParameter } from "../api/errors.ts";
import { newId, randomText } from "../api/ids.ts";
import { created, listPage, PAGE_FIELDS } from "../api/list.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import { boolean, integer, object, oneOf, string } from "../api/params.ts";
import type { Decoded } from "../api/params.ts";
import { route } from "../api/route.ts";
import type { Context } from "../context.ts";
import { idOf } from "../store/store.ts";
import { requireCoupon } from "./coupons.ts";

const CREATE_FIELDS = {
  promotion: object({ type: oneOf("coupon"), coupon: string() }),
  code: string(500),
  active: boolean,
  customer: string(),
  expires_at: integer(),
  max_redemptions: integer({ min: 1 }),
  metadata,
};

const LIST_FIELDS = { ...PAGE_FIELDS, created, active: boolean, code: string(), coupon: string() };

export const PROMOTION_CODE_ROUTES = [
  route("POST", "/v1/promotion_codes", CREATE_FIELDS, createPromotionCode),
  route("GET", "/v1/promotion_codes/:id", {}, (context, _params, id) => requirePromotionCode(context, id)),
  route("POST", "/v1/promotion_codes/:id", { active: boolean, metadata }, updatePromotionCode),
  route("GET", "/v1/promotion_codes", LIST_FIELDS, listPromotionCodes),
];

function createPromotionCode(context: Context, params: Decoded<typeof CREATE_FIELDS>): Stripe.PromotionCode {
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
  const promotionCode = store.promotionCodes.insert({
    id: newId("promo"),
    object: "promotion_code",
    active: params.active ?? true,
    code,
    created: clock.now(),
    customer: params.customer ?? null,
    customer_account: null,
    expires_at: params.expires_at ?? null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    promotion: { type: "coupon", coupon: couponId },
    restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
    times_redeemed: 0,
  });
  events.emit("promotion_code.created", promotionCode, context);
  return promotionCode;
}

function updatePromotionCode(
  context: Context,
  params: { readonly active?: boolean; readonly metadata?: Readonly<Record<string, string>> | null },
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

function listPromotionCodes(
  { store }: Context,
  params: Decoded<typeof LIST_FIELDS>,
): Stripe.ApiList<Stripe.PromotionCode> {
  const { code, coupon, active } = params;
  return listPage(store.promotionCodes, params, {
    url: "/v1/promotion_codes",
    noun: "promotion code",
    index:
      code !== undefined
        ? { name: "code", values: [code.toLowerCase()] }
        : coupon !== undefined
          ? { name: "coupon", values: [coupon] }
          : undefined,
    where: (value) =>
      (active === undefined || value.active === active) &&
      (coupon === undefined || idOf(value.promotion.coupon) === coupon),
  });
}

/** The promotion code, or the refusal naming the parameter that asked for it. */
export function requirePromotionCode({ store }: Context, id: string, param?: string): Stripe.PromotionCode {
  const promotionCode = store.promotionCodes.read(id);
  if (promotionCode === undefined) throw missingObject("promotion code", id, param);
  return promotionCode;
}

/** The active promotion code a buyer means by what he typed, whatever its case. */
export function readActiveCode({ store, clock }: Context, code: string): Stripe.PromotionCode | undefined {
  const { data } = store.promotionCodes.page({
    limit: 1,
    index: { name: "code", values: [code.trim().toLowerCase()] },
    where: (value) => isRedeemable(value, clock.now()),
  });
  return data[0];
}

/** Counts one redemption of a promotion code. */
export function redeemPromotionCode({ store }: Context, id: string): void {
  const code = store.promotionCodes.read(id);
  if (code !== undefined) store.promotionCodes.replace({ ...code, times_redeemed: code.times_redeemed + 1 });
}

/** Whether the code itself may still be used; its coupon has limits of its own. */
export function isRedeemable(code: Stripe.PromotionCode, now: number): boolean {
  return (
    code.active &&
    (code.expires_at === null || now < code.expires_at) &&
    (code.max_redemptions === null || code.times_redeemed < code.max_redemptions)
  );
}
