import type { Stripe } from "stripe";
import { priceIntervals, type PriceInterval } from "../../contract/codes.ts";
import type { PriceDetails, ProviderPrice, ProviderProduct } from "../paymentAdapter.ts";
import { toId } from "./checkout.ts";

/** A product with its active prices. */
export function toProviderProduct(product: Stripe.Product, prices: readonly Stripe.Price[]): ProviderProduct {
  const { name, description, images, active, metadata } = product;
  const judged = prices.map((price) => ({ price, unsupported: toUnsupported(price) }));
  return {
    name,
    description,
    images,
    active,
    metadata,
    defaultPriceId: toId(product.default_price) ?? null,
    prices: Object.fromEntries(
      judged.flatMap(({ price, unsupported }) => (unsupported === undefined ? toEntry(price) : [])),
    ),
    unsupportedPrices: Object.fromEntries(
      judged.flatMap(({ price: { id, metadata: ofPrice }, unsupported: reason }) =>
        reason === undefined ? [] : [[id, { reason, metadata: ofPrice }] as const],
      ),
    ),
  };
}

/** A price with its product expanded. A product that was deleted gives nothing. */
export function toPriceDetails(price: Stripe.Price): PriceDetails {
  const { unit_amount: amount, currency, recurring, metadata, product } = price;
  const isSupported = toUnsupported(price) === undefined;
  return {
    productId: toId(product) ?? null,
    // The unit amount of a package, for example, is not what one unit costs.
    amount: isSupported ? amount : null,
    currency,
    currencyOptions: isSupported ? toCurrencyOptions(price) : {},
    interval: toInterval(price) ?? null,
    intervalCount: recurring?.interval_count ?? 1,
    metadata,
    productMetadata: typeof product === "object" && !product.deleted ? product.metadata : {},
  };
}

function toEntry(price: Stripe.Price): [string, ProviderPrice][] {
  const { id, unit_amount: amount, currency, active, recurring, metadata } = price;
  if (amount === null) return [];
  const entry: ProviderPrice = {
    amount,
    currency,
    currencyOptions: toCurrencyOptions(price),
    active,
    type: recurring ? "recurring" : "one_time",
    interval: toInterval(price) ?? null,
    intervalCount: recurring?.interval_count ?? 1,
    metadata,
  };
  return [[id, entry]];
}

/**
 * Why a price has no fixed amount per unit; undefined if it has one.
 * Source: https://docs.stripe.com/products-prices/pricing-models and https://docs.stripe.com/api/prices/object
 */
function toUnsupported(price: Stripe.Price): string | undefined {
  if (price.billing_scheme === "tiered") return "its billing_scheme is tiered";
  if (price.recurring?.usage_type === "metered") return "its usage_type is metered";
  if (price.transform_quantity) return "it sells packages of units (transform_quantity)";
  if (price.recurring && toInterval(price) === undefined) {
    return `its interval "${price.recurring.interval}" is not known`;
  }
  // An amount in another currency may be of another kind than the price's own.
  const amounts = [price, ...Object.values(price.currency_options ?? {})];
  if (amounts.some(({ custom_unit_amount: custom }) => custom)) {
    return "its buyers choose the amount (custom_unit_amount)";
  }
  const isWhole = amounts.every(({ unit_amount: amount }) => amount !== null);
  return isWhole ? undefined : "its unit_amount is not a whole number of minor units";
}

function toInterval({ recurring }: Stripe.Price): PriceInterval | undefined {
  return priceIntervals.find((known) => known === recurring?.interval);
}

/** Stripe lists the price's own currency among the options, too. */
function toCurrencyOptions({ currency: own, currency_options: options }: Stripe.Price) {
  const amounts = Object.entries(options ?? {}).flatMap(([currency, { unit_amount: amount }]) =>
    amount === null || currency === own ? [] : [[currency, amount] as const],
  );
  return Object.fromEntries(amounts);
}
