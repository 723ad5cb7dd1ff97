import { describe, expect, it } from "vitest";
import { at } from "../../../tests/kit/builders.ts";
import type { Product, ProductPrice } from "./documents.ts";
import { toOrder } from "./order.ts";

const price: ProductPrice = {
  amount: 500,
  currency: "eur",
  active: true,
  type: "one_time",
  interval: null,
  worth: { creditsAmount: 100, subscriptionDays: null },
};

function buildProduct(overrides: Partial<Product> = {}): Product {
  return {
    provider: "stripe",
    active: true,
    name: "Credits",
    description: null,
    images: [],
    worth: { creditsAmount: 100, subscriptionDays: null },
    defaultPriceId: "price_1",
    prices: { price_1: price },
    maxQuantity: 2,
    readAt: at(0),
    createdAt: at(0),
    updatedAt: at(0),
    ...overrides,
  };
}

const wanted = { userId: "user_1", productId: "prod_1", priceId: undefined, quantity: 2 };

describe("toOrder", () => {
  it.each([undefined, "price_1"])("takes one of the product's prices: %s", (priceId) => {
    expect(toOrder(buildProduct(), { ...wanted, priceId })).toMatchObject({
      priceId: "price_1",
      worth: { creditsAmount: 200 },
    });
  });

  it("is worth what its price says, not what the product says", () => {
    const worth = { creditsAmount: 1_200, subscriptionDays: 365 };
    const prices = { price_1: price, price_2: { ...price, worth } };
    const order = toOrder(buildProduct({ prices }), { ...wanted, priceId: "price_2" });
    expect(order.worth).toEqual({ creditsAmount: 2_400, subscriptionDays: 365 });
  });

  it.each(["price_2", "constructor", "toString", "hasOwnProperty", "__proto__"])(
    "finds no price %s",
    (priceId) => {
      expect(() => toOrder(buildProduct(), { ...wanted, priceId })).toThrow(
        expect.objectContaining({
          code: "not_found",
          message: expect.stringContaining("not found at that price; on sale are the default price"),
        }),
      );
    },
  );

  it("sells at no price that says nothing of its worth, as an old document has them", () => {
    const { worth: _worth, ...old } = price;
    expect(() => toOrder(buildProduct({ prices: { price_1: old } }), wanted)).toThrow(
      expect.objectContaining({ code: "not_found" }),
    );
  });

  it("needs a price if the product has no default price", () => {
    const product = buildProduct({ defaultPriceId: null });
    expect(() => toOrder(product, wanted)).toThrow("it has no default price");
    expect(toOrder(product, { ...wanted, priceId: "price_1" })).toMatchObject({ priceId: "price_1" });
  });

  it.each<[string, Partial<Product>, string]>([
    ["product", { active: false }, "it is not active"],
    ["price", { prices: { price_1: { ...price, active: false } } }, "its price is not active"],
  ])("refuses a withdrawn %s", (_name, overrides, reason) => {
    expect(() => toOrder(buildProduct(overrides), wanted)).toThrow(
      expect.objectContaining({
        code: "failed_precondition",
        message: `Cannot sell product "prod_1": ${reason}`,
      }),
    );
  });

  it("has as many units as the price allows, or else the product", () => {
    const prices = { price_1: price, price_2: { ...price, maxQuantity: 5 } };
    const product = buildProduct({ prices });
    expect(toOrder(product, { ...wanted, priceId: "price_2", quantity: 5 })).toMatchObject({ quantity: 5 });
    expect(() => toOrder(product, { ...wanted, priceId: "price_2", quantity: 6 })).toThrow(
      "may have 5 of it",
    );
    expect(() => toOrder(product, { ...wanted, quantity: 3 })).toThrow("may have 2 of it");
  });

  it("has one unit if nothing is said, and the refusal names what allows more", () => {
    const { maxQuantity: _maxQuantity, ...product } = buildProduct();
    expect(toOrder(product, { ...wanted, quantity: 1 })).toMatchObject({ quantity: 1 });
    expect(() => toOrder(product, wanted)).toThrow(
      expect.objectContaining({
        code: "failed_precondition",
        message: expect.stringMatching(/may have 1 of it; the metadata maxQuantity/),
      }),
    );
  });

  it("is worth at most what a payment may be worth", () => {
    const worth = { creditsAmount: 500_000_000, subscriptionDays: null };
    expect(toOrder(buildProduct({ prices: { price_1: { ...price, worth } } }), wanted).worth).toMatchObject({
      creditsAmount: 1_000_000_000,
    });
    const more = { ...worth, creditsAmount: 500_000_001 };
    const tooMuch = buildProduct({ prices: { price_1: { ...price, worth: more } } });
    expect(() => toOrder(tooMuch, wanted)).toThrow(
      expect.objectContaining({
        code: "failed_precondition",
        message: expect.stringMatching(/its order exceeds what can be sold \(worth\.creditsAmount\)$/),
      }),
    );
    expect(() => toOrder(tooMuch, { ...wanted, userId: "" })).toThrow("(userId, worth.creditsAmount)");
  });
});
