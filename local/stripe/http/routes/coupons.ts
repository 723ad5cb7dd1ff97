import { couponExpansions, requireCoupon, withValidity } from "../../objects/catalogue/coupons.ts";
import { listPage } from "../../objects/store/pages.ts";
import { createCoupon, createCouponFields } from "../../operations/catalogue/coupons.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

export const coupons: Resource = {
  expansions: [couponExpansions],
  routes: [
    route("POST", "/v1/coupons", createCouponFields, createCoupon),
    route("GET", "/v1/coupons/:id", {}, (context, _params, id) => requireCoupon(context, id)),
    route("GET", "/v1/coupons", { ...pageFields, created }, ({ store, clock }, params) => {
      const page = listPage(store.coupons, params, { url: "/v1/coupons", noun: "coupon" });
      return { ...page, data: page.data.map((coupon) => withValidity(coupon, clock.now())) };
    }),
  ],
};
