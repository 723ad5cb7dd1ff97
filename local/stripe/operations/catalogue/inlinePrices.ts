import type { Stripe } from "stripe";
import { currency } from "../../platform/currencies.ts";
import { exclusiveParameters, missingParameter } from "../../platform/errors.ts";
import { metadata } from "../../platform/metadata.ts";
import { list, object, string, url, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import { priceDataFields } from "./priceParams.ts";
import { insertPrice } from "./prices.ts";
import { createProduct } from "./products.ts";

const inlinePriceFields = {
  currency,
  product: string(),
  product_data: object({
    name: string(250),
    description: string(40_000),
    images: list(url, { max: 8 }),
    metadata,
    unit_label: string(12),
  }),
  recurring: priceDataFields.recurring,
  tax_behavior: priceDataFields.tax_behavior,
  unit_amount: priceDataFields.unit_amount,
  unit_amount_decimal: priceDataFields.unit_amount_decimal,
};

/** The `price_data` parameter of a line item. */
export const inlinePriceParam = object(inlinePriceFields);

/**
 * Creates the price of one sale, of a product that exists or of a new one. Both can be retrieved and neither can be bought
 * again: they are inactive, and lists leave the price out.
 * Sources: https://docs.stripe.com/products-prices/how-products-and-prices-work#inline-pricing and
 * https://docs.stripe.com/api/prices/list
 */
export function createInlinePrice(
  context: Context,
  { product, product_data: data, ...params }: Decoded<typeof inlinePriceFields>,
  path: string,
): Stripe.Price {
  if (product !== undefined && data !== undefined)
    throw exclusiveParameters(`${path}[product]`, `${path}[product_data]`);
  if (product === undefined && data === undefined) throw missingParameter(`${path}[product]`);
  if (data !== undefined && data.name === undefined) throw missingParameter(`${path}[product_data][name]`);
  const id = product ?? createProduct(context, { ...data, active: false }).id;
  const price = insertPrice(context, { ...params, product: id, active: false }, path);
  context.store.inlinePrices.add(price.id);
  context.events.emit("price.created", price, context);
  return price;
}
