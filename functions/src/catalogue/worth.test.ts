import { describe, expect, it } from "vitest";
import { at } from "../../../tests/kit/builders.ts";
import { productSchema, productDocument, type Product } from "./documents.ts";
import { readPriceFreeTimes, readPriceWorth } from "./worth.ts";

const price = { amount: 500, currency: "eur", active: true, type: "one_time", interval: null } as const;
const own = { creditsAmount: 7, subscriptionDays: 30 };

const product: Product = {
  provider: "stripe",
  active: true,
  name: "Credits",
  description: null,
  images: [],
  worth: { creditsAmount: 100, subscriptionDays: null },
  defaultPriceId: "price_old",
  prices: { price_old: price, price_own: { ...price, worth: own, freeTimes: 3 } },
  maxQuantity: 1,
  readAt: at(0),
  createdAt: at(0),
  updatedAt: at(0),
};

describe("readPriceWorth", () => {
  it("is the price's own, or else the product's", () => {
    expect(readPriceWorth(product, "price_own")).toEqual(own);
    expect(readPriceWorth(product, "price_old")).toEqual(product.worth);
  });

  it.each(["price_none", "constructor", "__proto__"])("says nothing of price %s", (priceId) => {
    expect(readPriceWorth(product, priceId)).toBeUndefined();
  });
});

describe("readPriceFreeTimes", () => {
  it("is once unless the price says otherwise", () => {
    expect(readPriceFreeTimes(product, "price_own")).toBe(3);
    expect(readPriceFreeTimes(product, "price_old")).toBe(1);
    expect(readPriceFreeTimes(product, "price_none")).toBe(1);
  });
});

describe("productDocument", () => {
  it("stores the worth of each price flat, as apps read it", () => {
    const stored = productDocument.toData(product);
    expect(stored).toMatchObject({
      creditsAmount: 100,
      subscriptionDays: null,
      prices: { price_own: { creditsAmount: 7, subscriptionDays: 30 } },
    });
    expect(stored).not.toHaveProperty("prices.price_old.creditsAmount");
    expect(productSchema.parse(stored)).toEqual(stored);
  });
});
