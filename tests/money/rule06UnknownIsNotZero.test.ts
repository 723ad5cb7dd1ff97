import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { redriveEvent } from "../../functions/src/webhooks/redrive.ts";
import { addPrice, buy, createPack, deliver, open, readProduct, readWaitingEvents } from "./market.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/** What cannot be known now, as the provider says so: too many requests, and an outage. */
const obstacles = [429, 503] as const;

/** Rule 6: a product or price that cannot be read now is not worth nothing; it is read later. */
describe("rule 6: unknown is not zero", () => {
  let shop: MoneyShop;

  beforeEach(async () => {
    shop = await MoneyShop.open();
  });

  afterEach(async () => await shop.close());

  describe.each(obstacles)("while the provider answers %s", (status) => {
    it("refuses a purchase for the moment, and sells afterwards", async () => {
      const { productId } = await createPack(shop);
      await obstruct(shop, { route: "GET /v1/prices", status });
      await expect(open(shop, "buyer", { productId })).rejects.toMatchObject({ code: "unavailable" });
      expect(await readProduct(shop, productId)).toBeUndefined();
      await shop.history.control.clearFaults();
      await buy(shop, "buyer", { productId });
      expect(await shop.readCredits("buyer")).toMatchObject({ given: 100 });
    });

    it("keeps a product as it is and the event for later", async () => {
      const { productId, priceId } = await createPack(shop);
      await deliver(shop);
      await shop.stripe.products.update(productId, { metadata: { creditsAmount: "20" } });
      await obstruct(shop, { route: "GET /v1/products/:id", status });
      await deliver(shop);
      expect(await readProduct(shop, productId)).toMatchObject({
        active: true,
        prices: { [priceId]: { creditsAmount: 100 } },
      });
      await redriveAll(shop);
      expect(await readProduct(shop, productId)).toMatchObject({
        prices: { [priceId]: { creditsAmount: 20 } },
      });
    });

    it("keeps a renewal at a price that is not on sale for later, and gives what it is worth then", async () => {
      const { userId, plan } = await subscribeElsewhere(shop, { creditsAmount: "70" });
      await obstruct(shop, { route: "GET /v1/prices/:id", status });
      await shop.renew();
      expect(await deliver(shop)).toContainEqual(expect.any(Error));
      const reasons = [...(await readWaitingEvents(shop)).values()];
      expect(reasons).toContainEqual(expect.stringContaining(`Cannot read price "${plan.priceId}"`));
      await redriveAll(shop);
      expect(await shop.readCredits(userId)).toMatchObject({ given: 500 + 70 });
    });
  });

  it("reads a price that is not on sale by its id, and else its product says what it is worth", async () => {
    const { userId } = await subscribeElsewhere(shop, {});
    await shop.renew();
    expect(await shop.readCredits(userId)).toMatchObject({ given: 500 + 300 });
  });

  it("gives nothing at a price that says that it gives nothing", async () => {
    const { userId } = await subscribeElsewhere(shop, { creditsAmount: "0" });
    await shop.renew();
    expect(await shop.readCredits(userId)).toMatchObject({ given: 500 });
    expect((await readWaitingEvents(shop)).size).toBe(0);
  });

  it("waits for somebody to correct what a price says that is not valid", async () => {
    const { userId, plan } = await subscribeElsewhere(shop, { creditsAmount: "1,000" });
    await shop.renew();
    await deliver(shop);
    const reasons = [...(await readWaitingEvents(shop)).values()];
    expect(reasons).toContainEqual(expect.stringContaining("creditsAmount or subscriptionDays is not valid"));
    await shop.stripe.prices.update(plan.priceId, { metadata: { creditsAmount: "1000" } });
    await redriveAll(shop);
    expect(await shop.readCredits(userId)).toMatchObject({ given: 500 + 1_000 });
  });

  it("refuses a product that does not exist, and one that gives no credits, for good", async () => {
    await expect(open(shop, "buyer", { productId: "prod_none" })).rejects.toMatchObject({
      code: "not_found",
    });
    const { productId } = await createPack(shop, { creditsAmount: "0" });
    await expect(open(shop, "buyer", { productId })).rejects.toMatchObject({ code: "failed_precondition" });
    await deliver(shop);
    expect((await readWaitingEvents(shop)).size).toBe(0);
  });

  it("sells at a price beyond the first hundred", async () => {
    const { productId } = await createPack(shop);
    const metadata = { creditsAmount: "7" };
    const first = await addPrice(shop, productId, { metadata });
    // Stripe lists the newest first.
    for (let made = 0; made < 110; made += 1) await addPrice(shop, productId);
    await buy(shop, "buyer", { productId, priceId: first });
    expect(await shop.readCredits("buyer")).toMatchObject({ given: 7 });
  });
});

/** Fails each call of a route until the faults are cleared. */
async function obstruct(
  { history: { control } }: MoneyShop,
  { route, status }: { route: string; status: (typeof obstacles)[number] },
): Promise<void> {
  await control.addFault({ route, fault: "error", status, times: 100 });
}

/** Lets the provider answer again, and tries again what failed. */
async function redriveAll(shop: MoneyShop): Promise<void> {
  const { context, control } = shop.history;
  await control.clearFaults();
  const waiting = await readWaitingEvents(shop);
  expect(waiting.size).toBeGreaterThan(0);
  for (const eventId of waiting.keys()) {
    expect(await redriveEvent(context, { eventId })).toMatchObject({
      outcome: expect.stringMatching(/processed|duplicate/),
    });
  }
  expect((await readWaitingEvents(shop)).size).toBe(0);
}

/**
 * A subscriber of 500 credits who was moved in the dashboard to a price that is not on sale, of a product whose units are
 * worth 300.
 */
async function subscribeElsewhere(shop: MoneyShop, metadata: Record<string, string>) {
  const userId = "moved";
  const subscriptionId = await shop.subscribe(userId, await shop.sell({ credits: 500, unitAmount: 1_900 }));
  const { productId } = await shop.sell({ credits: 300, unitAmount: 900 });
  const recurring = { interval: "month" } as const;
  const plan: Plan = {
    productId,
    priceId: await addPrice(shop, productId, { unit_amount: 1_200, recurring, metadata }),
  };
  await shop.settle();
  await shop.change(subscriptionId, { plan, behavior: "none" });
  // A price with a valid worth of its own is on sale until it is archived; subscriptions go on.
  await shop.stripe.prices.update(plan.priceId, { active: false });
  await shop.settle();
  return { userId, plan };
}
