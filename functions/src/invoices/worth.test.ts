import { describe, expect, it } from "vitest";
import { at, buildOrder } from "../../../tests/kit/builders.ts";
import type { InvoiceLine } from "../adapters/paymentAdapter.ts";
import type { Product } from "../catalogue/documents.ts";
import { toCreditsAmount } from "./worth.ts";

const price = { currency: "usd", active: true, type: "recurring", interval: "month" } as const;

function buildProduct(creditsAmount: number, amount: number, priceId: string): Product {
  return {
    provider: "stripe",
    active: true,
    name: "Plan",
    description: null,
    images: [],
    worth: { creditsAmount, subscriptionDays: null },
    defaultPriceId: priceId,
    prices: { [priceId]: { ...price, amount } },
    readAt: at(0),
    createdAt: at(0),
    updatedAt: at(0),
  };
}

const products = new Map([
  ["prod_small", buildProduct(500, 1_900, "price_small")],
  ["prod_large", buildProduct(1_000, 3_800, "price_large")],
  ["prod_free", buildProduct(50, 0, "price_free")],
]);
const order = buildOrder({
  productId: "prod_small",
  priceId: "price_small",
  creditsAmount: 400,
  quantity: 1,
});
const small: InvoiceLine = { productId: "prod_small", priceId: "price_small", amount: 1_900, quantity: 1 };
const large: InvoiceLine = { productId: "prod_large", priceId: "price_large", amount: 3_800, quantity: 1 };

describe("toCreditsAmount", () => {
  it.each<[string, { isFirst?: boolean; lines: InvoiceLine[] }, number]>([
    ["a renewal", { lines: [small] }, 500],
    ["the first invoice, as the buyer was shown it", { isFirst: true, lines: [small] }, 400],
    ["several units", { lines: [{ ...small, amount: 5_700, quantity: 3 }] }, 1_500],
    ["a trial", { isFirst: true, lines: [{ ...small, amount: 0 }] }, 0],
    [
      "a free plan",
      { lines: [{ productId: "prod_free", priceId: "price_free", amount: 0, quantity: 2 }] },
      100,
    ],
    [
      "half a period of a larger plan",
      {
        lines: [
          { ...small, amount: -950 },
          { ...large, amount: 1_900 },
        ],
      },
      250,
    ],
    [
      "half a period of a smaller plan",
      {
        lines: [
          { ...large, amount: -1_900 },
          { ...small, amount: 950 },
        ],
      },
      0,
    ],
    [
      "a change and the next period",
      { lines: [{ ...small, amount: -950 }, { ...large, amount: 1_900 }, large] },
      1_250,
    ],
    ["a part of a unit, rounded down", { lines: [{ ...small, amount: 1_899 }] }, 499],
    ["something that is not sold for credits", { lines: [{ ...small, productId: "prod_support" }] }, 0],
    ["a price that is not known", { lines: [{ ...small, priceId: "price_gone" }] }, 0],
    ["no lines", { lines: [] }, 0],
  ])("of %s", (_name, { isFirst = false, lines }, expected) => {
    expect(toCreditsAmount({ lines, isFirst }, products, order)).toBe(expected);
  });
});
