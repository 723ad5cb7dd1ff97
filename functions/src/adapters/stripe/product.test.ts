import { Stripe } from "stripe";
import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { toSeconds } from "../../../../tests/kit/stripeBuilders.ts";
import { toPriceDetails, toProviderProduct } from "./product.ts";

/* See https://docs.stripe.com/api/prices/object and https://docs.stripe.com/products-prices/pricing-models */

const month: Stripe.Price.Recurring = {
  interval: "month",
  interval_count: 1,
  meter: null,
  trial_period_days: null,
  usage_type: "licensed",
};

function buildPrice(overrides: Partial<Stripe.Price> = {}): Stripe.Price {
  const { recurring = null } = overrides;
  return {
    id: "price_1",
    object: "price",
    active: true,
    billing_scheme: "per_unit",
    created: toSeconds(at(0)),
    currency: "usd",
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product: "prod_1",
    recurring,
    tax_behavior: "unspecified",
    tiers_mode: null,
    transform_quantity: null,
    type: recurring ? "recurring" : "one_time",
    unit_amount: 500,
    unit_amount_decimal: Stripe.Decimal.from(500),
    ...overrides,
  };
}

function buildProduct(overrides: Partial<Stripe.Product> = {}): Stripe.Product {
  return {
    id: "prod_1",
    object: "product",
    active: true,
    created: toSeconds(at(0)),
    default_price: "price_1",
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: { creditsAmount: "100" },
    name: "Credits",
    package_dimensions: null,
    shippable: null,
    tax_code: null,
    tax_details: null,
    type: "service",
    updated: toSeconds(at(0)),
    url: null,
    ...overrides,
  };
}

function toOption(overrides: Partial<Stripe.Price.CurrencyOptions> = {}): Stripe.Price.CurrencyOptions {
  return {
    custom_unit_amount: null,
    tax_behavior: null,
    unit_amount: 450,
    unit_amount_decimal: Stripe.Decimal.from(450),
    ...overrides,
  };
}

const custom = { maximum: null, minimum: null, preset: null };

const unsupported: [string, Partial<Stripe.Price>][] = [
  ["billing_scheme", { billing_scheme: "tiered", tiers_mode: "graduated", unit_amount: null }],
  ["usage_type", { recurring: { ...month, usage_type: "metered" } }],
  ["transform_quantity", { transform_quantity: { divide_by: 10, round: "up" } }],
  ["custom_unit_amount", { custom_unit_amount: custom, unit_amount: null }],
  ["custom_unit_amount", { currency_options: { eur: toOption({ custom_unit_amount: custom }) } }],
  ["unit_amount", { unit_amount: null, unit_amount_decimal: Stripe.Decimal.from("0.5") }],
  ["unit_amount", { currency_options: { eur: toOption({ unit_amount: null }) } }],
];

describe("toProviderProduct", () => {
  it("shows a price with its period, its other currencies and its metadata", () => {
    const price = buildPrice({
      recurring: { ...month, interval_count: 3 },
      metadata: { creditsAmount: "300" },
      currency_options: {
        usd: toOption({ unit_amount: 500 }),
        eur: toOption(),
        krw: toOption({ unit_amount: 0 }),
      },
    });
    expect(toProviderProduct(buildProduct(), [price])).toMatchObject({
      defaultPriceId: "price_1",
      unsupportedPrices: {},
      prices: {
        price_1: {
          amount: 500,
          currency: "usd",
          currencyOptions: { eur: 450, krw: 0 },
          active: true,
          type: "recurring",
          interval: "month",
          intervalCount: 3,
          metadata: { creditsAmount: "300" },
        },
      },
    });
  });

  it("has a price once for its own currency", () => {
    const price = buildPrice({ currency_options: { usd: toOption({ unit_amount: 500 }) } });
    const { prices } = toProviderProduct(buildProduct(), [price]);
    expect(prices["price_1"]).toMatchObject({ currencyOptions: {}, interval: null, intervalCount: 1 });
  });

  it.each(unsupported)("names what it does not support: %s of %o", (name, overrides) => {
    const metadata = { creditsAmount: "7" };
    const found = toProviderProduct(buildProduct(), [buildPrice({ ...overrides, metadata })]);
    expect(found.prices).toEqual({});
    expect(found.unsupportedPrices).toEqual({
      price_1: { reason: expect.stringContaining(name), metadata },
    });
  });
});

describe("toPriceDetails", () => {
  it("carries the metadata of the price and of its product", () => {
    const price = buildPrice({ product: buildProduct(), metadata: { maxQuantity: "3" }, unit_amount: 0 });
    expect(toPriceDetails(price)).toEqual({
      productId: "prod_1",
      amount: 0,
      currency: "usd",
      currencyOptions: {},
      interval: null,
      intervalCount: 1,
      metadata: { maxQuantity: "3" },
      productMetadata: { creditsAmount: "100" },
    });
  });

  it("carries nothing of a product that was deleted", () => {
    const product = { id: "prod_1", object: "product", deleted: true } as const;
    expect(toPriceDetails(buildPrice({ product }))).toMatchObject({
      productId: "prod_1",
      productMetadata: {},
    });
  });

  it.each(unsupported)("knows no amount of one unit that is not supported: %s of %o", (_name, overrides) => {
    expect(toPriceDetails(buildPrice(overrides))).toMatchObject({ amount: null, currencyOptions: {} });
  });
});
