import { describe, expect, it } from "vitest";
import type { ProviderPrice, ProviderProduct } from "../adapters/paymentAdapter.ts";
import type { Metadata } from "../model/worth.ts";
import { toOffer } from "./offer.ts";

function buildPrice(metadata: Metadata = {}, overrides: Partial<ProviderPrice> = {}): ProviderPrice {
  return {
    amount: 10_000,
    currency: "usd",
    currencyOptions: {},
    active: true,
    type: "one_time",
    interval: null,
    intervalCount: 1,
    metadata: { ...metadata },
    ...overrides,
  };
}

function buildFound(overrides: Partial<ProviderProduct> = {}): ProviderProduct {
  return {
    name: "Credits",
    description: null,
    images: [],
    active: true,
    metadata: { creditsAmount: "1000" },
    defaultPriceId: "price_main",
    prices: { price_main: buildPrice() },
    unsupportedPrices: {},
    ...overrides,
  };
}

/** The product at its default price and one more. */
function withPrice(price: ProviderPrice, metadata: Metadata = { creditsAmount: "1000" }): ProviderProduct {
  const prices = { price_main: buildPrice(), price_more: price };
  return buildFound({ prices, metadata: { ...metadata } });
}

describe("toOffer", () => {
  it("offers the default price at what the product is worth", () => {
    expect(toOffer(buildFound())).toEqual({
      withheld: {},
      onSale: {
        worth: { creditsAmount: 1_000, subscriptionDays: null },
        maxQuantity: 1,
        defaultPriceId: "price_main",
        prices: {
          price_main: {
            amount: 10_000,
            currency: "usd",
            active: true,
            type: "one_time",
            interval: null,
            intervalCount: 1,
            worth: { creditsAmount: 1_000, subscriptionDays: null },
          },
        },
      },
    });
  });

  // omi PR 8942, polar #7103: a price made for a partner buys what the default price buys.
  it("withholds another price that says nothing of its own worth, with the reason", () => {
    const { onSale, withheld } = toOffer(withPrice(buildPrice({}, { amount: 50 })));
    expect(Object.keys(onSale?.prices ?? {})).toEqual(["price_main"]);
    expect(withheld).toEqual({
      price_more: "it is not the default price, and its own metadata has no creditsAmount",
    });
  });

  it("offers another price at its own worth", () => {
    const yearly = buildPrice({ creditsAmount: "12000", subscriptionDays: "365" });
    const { onSale, withheld } = toOffer(
      withPrice(yearly, { creditsAmount: "1000", subscriptionDays: "30" }),
    );
    expect(onSale?.prices).toMatchObject({
      price_main: { worth: { creditsAmount: 1_000, subscriptionDays: 30 } },
      price_more: { worth: { creditsAmount: 12_000, subscriptionDays: 365 } },
    });
    expect(withheld).toEqual({});
  });

  it("takes each attribute from the price, or else from the product", () => {
    const product = { creditsAmount: "1000", subscriptionDays: "30", maxQuantity: "5", freeTimes: "2" };
    const { onSale } = toOffer(withPrice(buildPrice({ creditsAmount: "7", maxQuantity: "3" }), product));
    expect(onSale).toMatchObject({ maxQuantity: 5 });
    expect(onSale?.prices["price_main"]).not.toHaveProperty("maxQuantity");
    expect(onSale?.prices["price_more"]).toMatchObject({
      worth: { creditsAmount: 7, subscriptionDays: 30 },
      maxQuantity: 3,
      freeTimes: 2,
    });
  });

  it("shows the worth at the default price as the product's, even if the product says otherwise", () => {
    const prices = { price_main: buildPrice({ creditsAmount: "7" }) };
    expect(toOffer(buildFound({ prices })).onSale).toMatchObject({ worth: { creditsAmount: 7 } });
  });

  it("shows the worth at the default price as the product's wherever that price is in the list", () => {
    const prices = { price_more: buildPrice({ creditsAmount: "7" }), price_main: buildPrice() };
    expect(toOffer(buildFound({ prices })).onSale).toMatchObject({
      worth: { creditsAmount: 1_000 },
      defaultPriceId: "price_main",
    });
  });

  it("has no default price if that one is not for sale", () => {
    const found = buildFound({
      prices: { price_more: buildPrice({ creditsAmount: "7" }) },
      unsupportedPrices: { price_main: { reason: "its billing_scheme is tiered", metadata: {} } },
    });
    expect(toOffer(found)).toMatchObject({
      onSale: { defaultPriceId: null, worth: { creditsAmount: 7 } },
      withheld: { price_main: "its billing_scheme is tiered" },
    });
  });

  it("sells a product whose worth only its prices say", () => {
    const { onSale } = toOffer(withPrice(buildPrice({ creditsAmount: "7" }), {}));
    expect(Object.keys(onSale?.prices ?? {})).toEqual(["price_more"]);
  });

  it("says nothing of a product that says nowhere what it is worth", () => {
    const unsupportedPrices = { price_tiers: { reason: "its billing_scheme is tiered", metadata: {} } };
    const found = buildFound({ metadata: { sku: "shirt" }, unsupportedPrices });
    expect(toOffer(found)).toEqual({ onSale: undefined, withheld: {} });
  });

  it.each<[string, Metadata]>([
    ["creditsAmount", { creditsAmount: "1,000" }],
    ["creditsAmount", { creditsAmount: "0" }],
    ["subscriptionDays", { subscriptionDays: "monthly" }],
    ["maxQuantity", { maxQuantity: "0" }],
    ["maxQuantity", { maxQuantity: "1000" }],
    ["freeTimes", { freeTimes: "often" }],
    ["maxQuantity, freeTimes", { maxQuantity: "0", freeTimes: "0" }],
  ])("withholds a price whose %s is not valid: %o", (name, metadata) => {
    const { onSale, withheld } = toOffer(buildFound({ prices: { price_main: buildPrice(metadata) } }));
    expect(onSale).toBeUndefined();
    expect(withheld).toEqual({ price_main: expect.stringContaining(name) });
  });

  it("neither offers nor explains an archived price", () => {
    const archived = buildPrice({ creditsAmount: "7" }, { active: false });
    const { onSale, withheld } = toOffer(withPrice(archived));
    expect(Object.keys(onSale?.prices ?? {})).toEqual(["price_main"]);
    expect(withheld).toEqual({});
  });

  it("shows the period and the other currencies of a price", () => {
    const quarterly = buildPrice(
      { creditsAmount: "7" },
      { type: "recurring", interval: "month", intervalCount: 3, currencyOptions: { eur: 9_000 } },
    );
    expect(toOffer(withPrice(quarterly)).onSale?.prices["price_more"]).toMatchObject({
      interval: "month",
      intervalCount: 3,
      currencyOptions: { eur: 9_000 },
    });
  });

  it("keeps a bounded number of reasons", () => {
    const partners = Array.from({ length: 600 }, (_, index) => [`price_${index}`, buildPrice()] as const);
    const found = buildFound({ prices: Object.fromEntries(partners), defaultPriceId: "price_0" });
    const { onSale, withheld } = toOffer(found);
    expect(Object.keys(onSale?.prices ?? {})).toEqual(["price_0"]);
    expect(Object.keys(withheld)).toHaveLength(500);
  });
});
