import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 4: a coupon changes what is paid, not what it buys. */
describe("rule 4: discounted prorations", () => {
  let shop: MoneyShop;
  let small: Plan;
  let large: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    small = await shop.sell({ credits: 500, unitAmount: 1_900 });
    large = await shop.sell({ credits: 1_000, unitAmount: 3_800 });
  });

  afterAll(async () => await shop.close());

  it.each(["itemized", "included", "classic"] as const)(
    "gives an upgrade's credits whole with a coupon of 50 %%, %s",
    async (billing) => {
      const coupon = await shop.stripe.coupons.create({ percent_off: 50, duration: "forever" });
      const userId = `half ${billing}`;
      const subscriptionId = await shop.subscribe(userId, small, { billing, coupon: coupon.id });
      expect((await shop.readCredits(userId)).given).toBe(500);
      await shop.pass(10);
      await shop.change(subscriptionId, { plan: large });
      // 21 of 31 days are left.
      expect((await shop.readCredits(userId)).given).toBe(500 + Math.floor((500 * 21) / 31));
      await shop.change(subscriptionId, { plan: small });
      expect((await shop.readCredits(userId)).given).toBeGreaterThanOrEqual(499);
      expect((await shop.readCredits(userId)).given).toBeLessThanOrEqual(500);
    },
  );

  it.each(["itemized", "included", "classic"] as const)(
    "gains nothing in ten rounds with a coupon of 100 %%, %s",
    async (billing) => {
      const coupon = await shop.stripe.coupons.create({ percent_off: 100, duration: "forever" });
      const userId = `free ${billing}`;
      const subscriptionId = await shop.subscribe(userId, small, { billing, coupon: coupon.id });
      for (let round = 0; round < 10; round += 1) {
        await shop.change(subscriptionId, { plan: large });
        await shop.change(subscriptionId, { plan: small });
      }
      const { given } = await shop.readCredits(userId);
      expect(given).toBeGreaterThanOrEqual(0);
      expect(given).toBeLessThanOrEqual(1_000);
    },
  );

  it("pays a change in full whose coupon was for one invoice", async () => {
    const coupon = await shop.stripe.coupons.create({ percent_off: 50, duration: "once" });
    for (const billing of ["itemized", "included", "classic"] as const) {
      const userId = `once ${billing}`;
      const subscriptionId = await shop.subscribe(userId, small, { billing, coupon: coupon.id });
      await shop.change(subscriptionId, { plan: large });
      expect((await shop.readCredits(userId)).given).toBe(1_000);
      await shop.change(subscriptionId, { plan: small });
      expect((await shop.readCredits(userId)).given).toBe(500);
    }
  });
});
