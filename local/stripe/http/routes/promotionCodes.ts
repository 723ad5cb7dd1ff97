import type { Stripe } from "stripe";
import { promotionCodeExpansions, requirePromotionCode } from "../../objects/catalogue/promotionCodes.ts";
import { listPage } from "../../objects/store/pages.ts";
import { idOf } from "../../objects/store/store.ts";
import {
  createPromotionCode,
  createPromotionCodeFields,
  updatePromotionCode,
} from "../../operations/catalogue/promotionCodes.ts";
import type { Context } from "../../operations/context/context.ts";
import { metadata } from "../../platform/metadata.ts";
import { boolean, string, type Decoded } from "../../platform/params.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

const listFields = { ...pageFields, created, active: boolean, code: string(), coupon: string() };

export const promotionCodes: Resource = {
  expansions: [promotionCodeExpansions],
  routes: [
    route("POST", "/v1/promotion_codes", createPromotionCodeFields, createPromotionCode),
    route("GET", "/v1/promotion_codes/:id", {}, (context, _params, id) => requirePromotionCode(context, id)),
    route("POST", "/v1/promotion_codes/:id", { active: boolean, metadata }, updatePromotionCode),
    route("GET", "/v1/promotion_codes", listFields, listPromotionCodes),
  ],
};

function listPromotionCodes(
  { store }: Context,
  params: Decoded<typeof listFields>,
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
