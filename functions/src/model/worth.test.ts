import { describe, expect, it } from "vitest";
import { toPriceWorth, type Metadata } from "./worth.ts";

describe("toPriceWorth", () => {
  const product = { creditsAmount: "100", subscriptionDays: "30" };

  it.each<[string, Metadata, Metadata, object | undefined]>([
    ["the product's", {}, product, { creditsAmount: 100, subscriptionDays: 30 }],
    [
      "the price's before the product's",
      { creditsAmount: "7", subscriptionDays: "365" },
      product,
      { creditsAmount: 7, subscriptionDays: 365 },
    ],
    ["each attribute by itself", { creditsAmount: "7" }, product, { creditsAmount: 7, subscriptionDays: 30 }],
    ["the price's alone", { creditsAmount: "7" }, {}, { creditsAmount: 7, subscriptionDays: null }],
    [
      "no credits if that is said",
      { creditsAmount: "0" },
      product,
      { creditsAmount: 0, subscriptionDays: 30 },
    ],
    ["nothing if neither says so", { subscriptionDays: "30" }, { sku: "shirt" }, undefined],
  ])("is %s", (_name, ofPrice, ofProduct, expected) => {
    expect(toPriceWorth(ofPrice, ofProduct)).toEqual(expected);
  });

  it.each([{ creditsAmount: "1,000" }, { creditsAmount: "" }, { subscriptionDays: "0" }])(
    "is not nothing if what is said is not valid: %o",
    (metadata) => {
      expect(() => toPriceWorth(metadata, product)).toThrow(
        expect.objectContaining({ code: "failed_precondition" }),
      );
    },
  );
});
