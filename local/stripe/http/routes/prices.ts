import type { Stripe } from "stripe";
import { priceExpansions, requirePrice } from "../../objects/catalogue/prices.ts";
import { listPage } from "../../objects/store/pages.ts";
import { createPriceFields, updatePriceFields } from "../../operations/catalogue/priceParams.ts";
import { createPrice, updatePrice } from "../../operations/catalogue/prices.ts";
import type { Context } from "../../operations/context/context.ts";
import { currency } from "../../platform/currencies.ts";
import { boolean, list, oneOf, string, type Decoded } from "../../platform/params.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

const listFields = {
  ...pageFields,
  created,
  active: boolean,
  currency,
  product: string(),
  type: oneOf("one_time", "recurring"),
  lookup_keys: list(string(), { max: 10 }),
};

export const prices: Resource = {
  expansions: [priceExpansions],
  routes: [
    route("POST", "/v1/prices", createPriceFields, createPrice),
    route("GET", "/v1/prices/:id", {}, (context, _params, id) => requirePrice(context, id)),
    route("POST", "/v1/prices/:id", updatePriceFields, updatePrice),
    route("GET", "/v1/prices", listFields, listPrices),
  ],
};

/** Only active prices unless others are asked for, see https://docs.stripe.com/api/prices/list */
function listPrices({ store }: Context, params: Decoded<typeof listFields>): Stripe.ApiList<Stripe.Price> {
  const { product, lookup_keys: keys, active = true, type } = params;
  return listPage(store.prices, params, {
    url: "/v1/prices",
    noun: "price",
    index: keys
      ? { name: "lookupKey", values: keys }
      : product !== undefined
        ? { name: "product", values: [product] }
        : undefined,
    where: (price) =>
      price.active === active &&
      !store.inlinePrices.has(price.id) &&
      (type === undefined || price.type === type) &&
      (product === undefined || price.product === product) &&
      (params.currency === undefined || price.currency === params.currency),
  });
}
