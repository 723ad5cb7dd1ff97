import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addPrice, createPack, deliver, open, readProduct } from "./market.ts";
import { MoneyShop } from "./shop.ts";

const QUARTER_SECONDS = 92 * 86_400;

/** Rule 13: what has no fixed price of a unit is not sold, and a period is as long as its price says. */
describe("rule 13: what cannot be priced", () => {
  let shop: MoneyShop;

  beforeAll(async () => {
    shop = await MoneyShop.open();
  });

  afterAll(async () => await shop.close());

  it("carries how many intervals a period has: a quarter is not a month", async () => {
    const { productId } = await createPack(shop);
    const quarterly = await addPrice(shop, productId, {
      unit_amount: 2_700,
      recurring: { interval: "month", interval_count: 3 },
      metadata: { creditsAmount: "900" },
    });
    await deliver(shop);
    expect(await readProduct(shop, productId)).toMatchObject({
      prices: { [quarterly]: { type: "recurring", interval: "month", intervalCount: 3, creditsAmount: 900 } },
    });
    await shop.subscribe("quarterly", { productId, priceId: quarterly });
    expect(await shop.readCredits("quarterly")).toMatchObject({ given: 900 });
    await shop.renew();
    expect(await shop.readCredits("quarterly")).toMatchObject({ given: 900 });
    await shop.history.pass(QUARTER_SECONDS);
    expect(await shop.readCredits("quarterly")).toMatchObject({ given: 1_800 });
  });

  it("does not sell a product without any price", async () => {
    const metadata = { creditsAmount: "100" };
    const { id: productId } = await shop.stripe.products.create({ name: "Credits", metadata });
    await deliver(shop);
    expect(await readProduct(shop, productId)).toBeUndefined();
    await expect(open(shop, "buyer", { productId })).rejects.toMatchObject({ code: "failed_precondition" });
  });
});
