import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addPrice, buy, createPack, deliver, listCalls, open, readProduct } from "./market.ts";
import { MoneyShop } from "./shop.ts";

/** Rule 12: an order has one unit, unless the price or the product says that it may have more. */
describe("rule 12: quantity", () => {
  let shop: MoneyShop;

  beforeAll(async () => {
    shop = await MoneyShop.open();
  });

  afterAll(async () => await shop.close());

  it.each([2, 999])(
    "refuses %s units before the provider is asked, and names the remedy",
    async (quantity) => {
      const { productId } = await createPack(shop);
      await deliver(shop);
      const calls = await listCalls(shop, async () => {
        await expect(open(shop, "greedy", { productId, quantity })).rejects.toMatchObject({
          code: "failed_precondition",
          message: expect.stringMatching(/an order may have 1 of it; the metadata maxQuantity/),
        });
      });
      expect(calls).toEqual([]);
    },
  );

  it("sells as many as the product allows, and one more to nobody", async () => {
    const { productId } = await createPack(shop, { creditsAmount: "100", maxQuantity: "3" });
    await deliver(shop);
    expect(await readProduct(shop, productId)).toMatchObject({ maxQuantity: 3 });
    await buy(shop, "three", { productId, quantity: 3 });
    expect(await shop.readCredits("three")).toMatchObject({ given: 300 });
    await expect(open(shop, "three", { productId, quantity: 4 })).rejects.toMatchObject({
      code: "failed_precondition",
      message: expect.stringContaining("an order may have 3 of it"),
    });
  });

  it("sells as many as the price allows, whatever the product does", async () => {
    const { productId, priceId } = await createPack(shop, { creditsAmount: "100", maxQuantity: "3" });
    const few = await addPrice(shop, productId, { metadata: { creditsAmount: "10", maxQuantity: "1" } });
    const many = await addPrice(shop, productId, { metadata: { creditsAmount: "10", maxQuantity: "999" } });
    await deliver(shop);
    await expect(open(shop, "priced", { productId, priceId: few, quantity: 2 })).rejects.toMatchObject({
      code: "failed_precondition",
    });
    await buy(shop, "priced", { productId, priceId: many, quantity: 999 });
    expect(await shop.readCredits("priced")).toMatchObject({ given: 9_990 });
    await expect(open(shop, "priced", { productId, priceId, quantity: 4 })).rejects.toMatchObject({
      code: "failed_precondition",
    });
  });

  it.each(["0", "1000", "many"])("sells nothing of a product that may have %s units", async (maxQuantity) => {
    const { productId } = await createPack(shop, { creditsAmount: "100", maxQuantity });
    await deliver(shop);
    await expect(open(shop, "unsure", { productId })).rejects.toMatchObject({
      code: "failed_precondition",
      message: expect.stringContaining("its metadata has no valid maxQuantity"),
    });
  });
});
