import { couponExpansions, requireCoupon, withValidity } from "../../objects/catalogue/coupons.ts";
import { listPage } from "../../objects/store/pages.ts";
import { CREATE_FIELDS, createCoupon } from "../../operations/catalogue/coupons.ts";
import { created, PAGE_FIELDS } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

export const coupons: Resource = {
  expansions: [couponExpansions],
  routes: [
    route("POST", "/v1/coupons", CREATE_FIELDS, createCoupon),
    route("GET", "/v1/coupons/:id", {}, (context, _params, id) => requireCoupon(context, id)),
    route("GET", "/v1/coupons", { ...PAGE_FIELDS, created }, ({ store, clock }, params) => {
      const page = listPage(store.coupons, params, { url: "/v1/coupons", noun: "coupon" });
      return { ...page, data: page.data.map((coupon) => withValidity(coupon, clock.now())) };
    }),
  ],
};
