import type { Stripe } from "stripe";
import { priceIntervals } from "../../contract/codes.ts";
import type { ProviderPrice, ProviderProduct } from "../paymentAdapter.ts";
import { toId } from "./checkout.ts";

/** A product with its prices, except those without a fixed amount per unit, which cannot be shown to anybody. */
export function toProviderProduct(product: Stripe.Product, prices: readonly Stripe.Price[]): ProviderProduct {
  const { name, description, images, active, metadata } = product;
  return {
    name,
    description,
    images,
    active,
    metadata,
    defaultPriceId: toId(product.default_price) ?? null,
    prices: Object.fromEntries(prices.flatMap((price) => toEntry(price) ?? [])),
  };
}

function toEntry(price: Stripe.Price): [[string, ProviderPrice]] | undefined {
  const { id, unit_amount: amount, currency, active, recurring } = price;
  if (amount === null) return undefined;
  const interval = priceIntervals.find((known) => known === recurring?.interval) ?? null;
  return [[id, { amount, currency, active, type: recurring ? "recurring" : "one_time", interval }]];
}
