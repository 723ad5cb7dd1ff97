import { Stripe } from "stripe";
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

  it.each<[string, Partial<Stripe.PriceCreateParams>]>([
    ["tiers", { billing_scheme: "tiered", tiers_mode: "volume", tiers: [{ up_to: "inf", unit_amount: 5 }] }],
    ["metered usage", { unit_amount: 5, recurring: { interval: "month", usage_type: "metered" } }],
    ["a transformed quantity", { unit_amount: 500, transform_quantity: { divide_by: 10, round: "up" } }],
    ["a part of a cent", { unit_amount_decimal: Stripe.Decimal.from("0.5") }],
    ["an amount of the buyer's choice", { custom_unit_amount: { enabled: true } }],
  ])("does not sell a price with %s, and keeps the reason for the operator", async (_name, kind) => {
    const { productId } = await createPack(shop);
    const { id: priceId } = await shop.stripe.prices.create({
      product: productId,
      currency: "usd",
      metadata: { creditsAmount: "1000" },
      ...kind,
    });
    await deliver(shop);
    expect(await readProduct(shop, productId)).not.toHaveProperty(["prices", priceId]);
    await expect(open(shop, "buyer", { productId, priceId })).rejects.toMatchObject({ code: "not_found" });
    const offer = await shop.readDocument(`products/${productId}/private/offer`);
    expect(offer).toMatchObject({ prices: { [priceId]: expect.any(String) } });
  });

  it("does not sell a product without any price", async () => {
    const metadata = { creditsAmount: "100" };
    const { id: productId } = await shop.stripe.products.create({ name: "Credits", metadata });
    await deliver(shop);
    expect(await readProduct(shop, productId)).toBeUndefined();
    await expect(open(shop, "buyer", { productId })).rejects.toMatchObject({ code: "failed_precondition" });
  });
});
