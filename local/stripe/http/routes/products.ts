import type { Stripe } from "stripe";
import { productExpansions, requireProduct } from "../../objects/catalogue/products.ts";
import { listPage } from "../../objects/store/pages.ts";
import {
  createProduct,
  createProductFields,
  deleteProduct,
  updateProduct,
  updateProductFields,
} from "../../operations/catalogue/products.ts";
import type { Context } from "../../operations/context/context.ts";
import { boolean, list, string, type Decoded } from "../../platform/params.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

export const products: Resource = {
  expansions: [productExpansions],
  routes: [
    route("POST", "/v1/products", createProductFields, createProduct),
    route("GET", "/v1/products/:id", {}, (context, _params, id) => requireProduct(context, id)),
    route("POST", "/v1/products/:id", updateProductFields, updateProduct),
    route("DELETE", "/v1/products/:id", {}, deleteProduct),
    route(
      "GET",
      "/v1/products",
      { ...pageFields, created, active: boolean, ids: list(string()) },
      listProducts,
    ),
  ],
};

function listProducts(
  { store }: Context,
  params: Decoded<typeof pageFields> & {
    active?: boolean;
    ids?: readonly string[];
    created?: { gte?: number };
  },
): Stripe.ApiList<Stripe.Product> {
  const { active, ids } = params;
  return listPage(store.products, params, {
    url: "/v1/products",
    noun: "product",
    index: ids && { name: "id", values: ids },
    where: active === undefined ? undefined : (product) => product.active === active,
  });
}
