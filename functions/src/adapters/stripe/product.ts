import type { Stripe } from "stripe";
import { priceIntervals } from "../../contract/codes.ts";
import type { PriceDetails, ProviderPrice, ProviderProduct } from "../paymentAdapter.ts";
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

/** A price with its product expanded. A product that was deleted gives nothing. */
export function toPriceDetails(price: Stripe.Price): PriceDetails {
  const { unit_amount: amount, currency, recurring, metadata, product } = price;
  return {
    productId: toId(product) ?? "",
    amount,
    currency,
    currencyOptions: toCurrencyOptions(price),
    interval: priceIntervals.find((known) => known === recurring?.interval) ?? null,
    intervalCount: recurring?.interval_count ?? 1,
    metadata,
    productMetadata: typeof product === "object" && !product.deleted ? product.metadata : {},
  };
}

function toCurrencyOptions({ currency_options: options }: Stripe.Price): Record<string, number> {
  const amounts = Object.entries(options ?? {}).flatMap(([currency, { unit_amount: amount }]) =>
    amount === null ? [] : [[currency, amount] as const],
  );
  return Object.fromEntries(amounts);
}

function toEntry(price: Stripe.Price): [[string, ProviderPrice]] | undefined {
  const { id, unit_amount: amount, currency, active, recurring } = price;
  if (amount === null) return undefined;
  const interval = priceIntervals.find((known) => known === recurring?.interval) ?? null;
  return [[id, { amount, currency, active, type: recurring ? "recurring" : "one_time", interval }]];
}
