import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MoneyShop } from "./shop.ts";

/** Rule 2: each line is worth what was sold with it, in whatever currency it was paid. */
describe("rule 2: what a line is worth", () => {
  let shop: MoneyShop;

  beforeAll(async () => {
    shop = await MoneyShop.open();
  });

  afterAll(async () => await shop.close());

  it.each([
    ["usd", 1_900],
    ["eur", 1_710],
    ["jpy", 2_900],
    ["krw", 25_000],
  ])(
    "gives the plan's credits in %s, and half of the difference for half of a period",
    async (currency, amount) => {
      const small = await shop.sell({
        credits: 500,
        unitAmount: 1_900,
        currencyOptions: { [currency]: amount },
      });
      const large = await shop.sell({
        credits: 1_000,
        unitAmount: 3_800,
        currencyOptions: { [currency]: amount * 2 },
      });
      const userId = `traveler ${currency}`;
      const subscriptionId = await shop.subscribe(userId, small, { currency });
      expect(await shop.readLatestInvoice(subscriptionId)).toMatchObject({ currency, total: amount });
      expect((await shop.readCredits(userId)).given).toBe(500);
      await shop.pass(15);
      await shop.change(subscriptionId, { plan: large });
      const upgrade = 500 * (await shop.readShareLeft(subscriptionId));
      const { given } = await shop.readCredits(userId);
      // Each line is right to the credit.
      expect(Math.abs(given - 500 - upgrade)).toBeLessThan(2);
      await shop.renew();
      expect((await shop.readCredits(userId)).given).toBe(given + 1_000);
    },
  );

  it("writes the currency that was charged into the session and the payment", async () => {
    const plan = await shop.sell({ credits: 500, unitAmount: 1_900, currencyOptions: { krw: 25_000 } });
    const subscriptionId = await shop.subscribe("korean", plan, { currency: "krw" });
    await shop.settle();
    const { id } = await shop.readLatestInvoice(subscriptionId);
    expect(await shop.readDocument(`payments/stripe_${id}`)).toMatchObject({
      currency: "krw",
      amount: 25_000,
    });
  });

  it("gives nothing for a trial, with or without a coupon, and the plan's credits after it", async () => {
    const plan = await shop.sell({ credits: 500, unitAmount: 1_900 });
    const half = await shop.stripe.coupons.create({ percent_off: 50, duration: "forever" });
    for (const coupon of [undefined, half.id]) {
      const userId = `trial ${coupon ?? "without"}`;
      await shop.subscribe(userId, plan, { trialDays: 7, coupon });
      expect((await shop.readCredits(userId)).given).toBe(0);
      await shop.pass(8);
      expect((await shop.readCredits(userId)).given).toBe(500);
    }
  });

  it("takes back for a line what that line gave, also after the product was made worth more", async () => {
    const plan = await shop.sell({ credits: 500, unitAmount: 1_900 });
    const support = await shop.sell({ credits: undefined, unitAmount: 1_900 });
    const subscriptionId = await shop.subscribe("early", plan);
    await shop.settle();
    await shop.stripe.products.update(plan.productId, { metadata: { creditsAmount: "900" } });
    await shop.change(subscriptionId, { plan: support });
    expect((await shop.readCredits("early")).given).toBe(0);
  });

  it("takes nothing twice for a credit of several quantities", async () => {
    const plan = await shop.sell({ credits: 100, unitAmount: 1_000, metadata: { maxQuantity: "10" } });
    const subscriptionId = await shop.subscribe("team", plan, { quantity: 5 });
    expect((await shop.readCredits("team")).given).toBe(500);
    await shop.change(subscriptionId, { quantity: 2 });
    expect((await shop.readCredits("team")).given).toBe(200);
    await shop.change(subscriptionId, { quantity: 7 });
    expect((await shop.readCredits("team")).given).toBe(700);
  });
});
