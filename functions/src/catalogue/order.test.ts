import { describe, expect, it } from "vitest";
import { at } from "../../../tests/kit/builders.ts";
import type { Product } from "./documents.ts";
import { toOrder } from "./order.ts";

const product: Product = {
  provider: "stripe",
  active: true,
  name: "Credits",
  description: null,
  images: [],
  worth: { creditsAmount: 100, subscriptionDays: null },
  defaultPriceId: "price_1",
  prices: { price_1: { amount: 500, currency: "eur", active: true, type: "one_time", interval: null } },
  readAt: at(0),
  createdAt: at(0),
  updatedAt: at(0),
};

const wanted = { userId: "user_1", productId: "prod_1", priceId: undefined, quantity: 2 };

describe("toOrder", () => {
  it.each([undefined, "price_1"])("takes one of the product's prices: %s", (priceId) => {
    expect(toOrder(product, { ...wanted, priceId })).toMatchObject({
      priceId: "price_1",
      worth: { creditsAmount: 200 },
    });
  });

  it.each(["price_2", "constructor", "toString", "hasOwnProperty", "__proto__"])(
    "finds no price %s",
    (priceId) => {
      expect(() => toOrder(product, { ...wanted, priceId })).toThrow(
        expect.objectContaining({ code: "not_found" }),
      );
    },
  );
});
