import { describe, expect, it } from "vitest";
import { createPaymentSessionInput } from "../../../functions/src/checkout/createPaymentSession.ts";
import { expectNotFound, requireOk, untilSo, type Lab } from "./lab.ts";

export function describeProducts(lab: Lab): void {
  describe("fetchProduct", () => {
    it.each([
      { currency: "usd", unitAmount: 1_234 },
      { currency: "jpy", unitAmount: 500 },
      { currency: "kwd", unitAmount: 1_230 },
      { currency: "eur", unitAmount: 5 },
    ])("reads a price of $unitAmount minor units of $currency", async ({ currency, unitAmount }) => {
      const metadata = { creditsAmount: "100", subscriptionDays: "30" };
      const { productId, priceId } = await lab.harness.createProduct({ currency, unitAmount, metadata });
      expect(createPaymentSessionInput.parse({ productId, priceId })).toEqual({ productId, priceId });
      const product = requireOk(await lab.adapter.fetchProduct(productId));
      expect(product).toMatchObject({ active: true, metadata, defaultPriceId: priceId });
      expect(product.prices[priceId]).toEqual({
        amount: unitAmount,
        currency,
        currencyOptions: {},
        active: true,
        type: "one_time",
        interval: null,
        intervalCount: 1,
        metadata: {},
      });
    });

    it("finds no product that nobody made", async () => {
      expectNotFound(await lab.adapter.fetchProduct("prod_nobody_made"));
    });

    it("reads a withdrawn product as not active, and a webhook says to read it", async () => {
      const { productId } = await lab.harness.createProduct({
        currency: "usd",
        unitAmount: 500,
        metadata: {},
      });
      await lab.harness.withdrawProduct(productId);
      expect(requireOk(await lab.adapter.fetchProduct(productId)).active).toBe(false);
      await untilSo(async () => {
        const events = (await lab.readEvents()).map(({ event }) => event);
        expect(events).toContainEqual(expect.objectContaining({ outcome: "product", productId }));
      });
    });
  });
}
