import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 5: what asks for no money counts once: one unit, once at a time, or once for a one-time order. */
describe("rule 5: free worth", () => {
  let shop: MoneyShop;
  let free: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    free = await shop.sell({ credits: 50, unitAmount: 0, metadata: { maxQuantity: "999" } });
  });

  afterAll(async () => await shop.close());

  it("gives a free plan's credits each month", async () => {
    await shop.subscribe("monthly", free);
    expect((await shop.readCredits("monthly")).given).toBe(50);
    await shop.renew();
    await shop.renew();
    expect((await shop.readCredits("monthly")).given).toBe(150);
  });

  it("gives them for one unit, and once while they run, however often somebody subscribes", async () => {
    for (let time = 0; time < 3; time += 1) await shop.subscribe("greedy", free, { quantity: 999 });
    expect((await shop.readCredits("greedy")).given).toBe(50);
  });

  it("gives them to somebody else all the same", async () => {
    await shop.subscribe("other", free);
    expect((await shop.readCredits("other")).given).toBe(50);
  });

  it("gives them again for a new subscription once the earlier ones have ended", async () => {
    const subscriptionId = await shop.subscribe("back", free);
    await shop.stripe.subscriptions.cancel(subscriptionId);
    const again = await shop.subscribe("back", free);
    await shop.stripe.subscriptions.cancel(again);
    expect((await shop.readCredits("back")).given).toBe(50);
    await shop.pass(40);
    await shop.subscribe("back", free);
    expect((await shop.readCredits("back")).given).toBe(100);
  });

  it("never counts unused time of a free price as more", async () => {
    const paid = await shop.sell({ credits: 5_000, unitAmount: 1_900 });
    const subscriptionId = await shop.subscribe("upgrading", free);
    await shop.pass(10);
    await shop.change(subscriptionId, { plan: paid });
    const left = await shop.readShareLeft(subscriptionId);
    const { given } = await shop.readCredits("upgrading");
    expect(given).toBeLessThanOrEqual(50 + Math.ceil(4_950 * left));
    expect(given).toBeGreaterThanOrEqual(Math.floor(50 + 4_950 * left) - 1);
    await shop.change(subscriptionId, { plan: free });
    expect((await shop.readCredits("upgrading")).given).toBeLessThanOrEqual(50);
  });

  it("takes nothing back for what did not count, in whatever order that is heard of", async () => {
    const paid = await shop.sell({ credits: 500, unitAmount: 1_900 });
    await shop.subscribe("late", free);
    const subscriptionId = await shop.subscribe("late", paid);
    await shop.settle();
    for (const quantity of [1, 2, 3]) await shop.change(subscriptionId, { plan: free, quantity });
    await shop.settle({ newestFirst: true });
    expect((await shop.readCredits("late")).given).toBe(50);
  });

  it("gives a plan without a charge, by a coupon for all of it, once while it runs", async () => {
    const plan = await shop.sell({ credits: 500, unitAmount: 1_900, metadata: { maxQuantity: "10" } });
    const coupon = await shop.stripe.coupons.create({ percent_off: 100, duration: "forever" });
    for (let time = 0; time < 3; time += 1)
      await shop.subscribe("couponer", plan, { coupon: coupon.id, quantity: 10 });
    expect((await shop.readCredits("couponer")).given).toBe(500);
  });

  it.each([
    [undefined, 100],
    ["2", 200],
  ])(
    "gives a free one-time order once, or as often as its price says: freeTimes %s",
    async (freeTimes, given) => {
      const pack = await shop.sellOnce({
        credits: 100,
        unitAmount: 0,
        metadata: { maxQuantity: "999", ...(freeTimes !== undefined && { freeTimes }) },
      });
      const userId = `free ${freeTimes ?? "once"}`;
      for (let time = 0; time < 4; time += 1) await shop.buyOnce(userId, pack, { quantity: 999 });
      expect((await shop.readCredits(userId)).given).toBe(given);
    },
  );

  it("gives one unit of an order without a charge, and all of one that is paid", async () => {
    const pack = await shop.sellOnce({ credits: 100, unitAmount: 500, metadata: { maxQuantity: "999" } });
    const coupon = await shop.stripe.coupons.create({ percent_off: 100, duration: "once" });
    const { code } = await shop.stripe.promotionCodes.create({
      promotion: { type: "coupon", coupon: coupon.id },
    });
    await shop.buyOnce("redeemer", pack, { quantity: 999, code });
    expect((await shop.readCredits("redeemer")).given).toBe(100);
    await shop.buyOnce("redeemer", pack, { quantity: 3 });
    expect((await shop.readCredits("redeemer")).given).toBe(400);
  });
});
