import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addPrice, open } from "./market.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 14: a dashboard's cross-sells and upsells change a checkout after it was made; then its lines count. */
describe("rule 14: what was really bought", () => {
  let shop: MoneyShop;
  let pack: Plan;
  let bonus: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    pack = await shop.sellOnce({ credits: 100, unitAmount: 500, metadata: { maxQuantity: "5" } });
    bonus = await shop.sellOnce({ credits: 30, unitAmount: 200 });
  });

  afterAll(async () => await shop.close());

  async function buyWith(userId: string, crossSell: { price: string; quantity?: number }): Promise<void> {
    const sessionId = await open(shop, userId, { ...pack, quantity: 1 });
    await shop.history.control.takeAddOn(sessionId, { ...crossSell, kind: "cross_sell" });
    await shop.history.control.pay(sessionId);
  }

  it("gives the order and what was sold beside it", async () => {
    await buyWith("crossed", { price: bonus.priceId, quantity: 2 });
    expect((await shop.readCredits("crossed")).given).toBe(160);
  });

  it("gives what took the order's place, and not the order", async () => {
    const monthly = await shop.sell({ credits: 100, unitAmount: 500 });
    const yearly = await addPrice(shop, monthly.productId, {
      unit_amount: 5_000,
      recurring: { interval: "year" },
      metadata: { creditsAmount: "1300" },
    });
    const sessionId = await open(shop, "upsold", monthly);
    await shop.history.control.takeAddOn(sessionId, { price: yearly, kind: "upsell" });
    await shop.history.control.pay(sessionId);
    expect((await shop.readCredits("upsold")).given).toBe(1_300);
  });

  it("gives nothing for what gives no credits", async () => {
    const sticker = await shop.sellOnce({ credits: undefined, unitAmount: 200 });
    await buyWith("sticker", { price: sticker.priceId });
    expect((await shop.readCredits("sticker")).given).toBe(100);
  });

  it("reads no lines if the subtotal is the order's, whatever a promotion code takes off", async () => {
    const before = (await shop.history.control.readRequests()).length;
    const coupon = await shop.stripe.coupons.create({ percent_off: 30, duration: "once" });
    const { code } = await shop.stripe.promotionCodes.create({
      promotion: { type: "coupon", coupon: coupon.id },
    });
    await shop.buyOnce("thrifty", pack, { quantity: 3, code });
    expect((await shop.readCredits("thrifty")).given).toBe(300);
    const requests = (await shop.history.control.readRequests()).slice(before);
    expect(requests.filter(({ path }) => path.endsWith("/line_items"))).toEqual([]);
  });

  it("takes back the share of a refund from all of it", async () => {
    await buyWith("returning", { price: bonus.priceId });
    expect((await shop.readCredits("returning")).given).toBe(130);
    const { data } = await shop.stripe.paymentIntents.list({ limit: 1 });
    await shop.stripe.refunds.create({ payment_intent: data[0]?.id ?? "", amount: 350 });
    expect((await shop.readCredits("returning")).given).toBe(65);
  });
});
