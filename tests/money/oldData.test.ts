import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toId } from "../kit/suite/harness.ts";
import { addPrice, buy, listCalls, readProduct, readWaitingEvents } from "./market.ts";
import { age, openOld, subscribeOld } from "./oldDocuments.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/** What version 9a2663f wrote is read as it is: payments without lines, products without limits, orders without a seal. */
describe("old data", () => {
  let shop: MoneyShop;
  let small: Plan;
  let large: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    small = await shop.sell({ credits: 500, unitAmount: 1_900 });
    large = await shop.sell({ credits: 1_000, unitAmount: 3_800 });
  });

  afterAll(async () => await shop.close());

  async function readOnlyPayment(userId: string): Promise<Record<string, unknown>> {
    const { docs } = await shop.history.db.collection("payments").where("userId", "==", userId).get();
    expect(docs).toHaveLength(1);
    return docs[0]?.data() ?? {};
  }

  it("is as it was written then", async () => {
    await subscribeOld(shop, "old", small);
    const payment = await readOnlyPayment("old");
    expect(payment).toMatchObject({ creditsAmount: 500, metadata: { orderHash: expect.any(String) } });
    expect(payment).not.toHaveProperty("lines");
    expect(payment).not.toHaveProperty("metadata.seal");
    expect(payment).not.toHaveProperty("facts.creditNotes");
    const product = await readProduct(shop, small.productId);
    expect(product).toMatchObject({ creditsAmount: 500, prices: { [small.priceId]: { amount: 1_900 } } });
    expect(product).not.toHaveProperty("maxQuantity");
    expect(product).not.toHaveProperty(["prices", small.priceId, "creditsAmount"]);
  });

  it("renews a subscription with what the catalogue says, and reads no price", async () => {
    await subscribeOld(shop, "renewed", small);
    const calls = await listCalls(shop, async () => {
      await shop.renew();
      expect((await shop.readCredits("renewed")).given).toBe(1_000);
    });
    expect(calls.filter((call) => call.startsWith("GET /v1/prices"))).toEqual([]);
  });

  it("goes on giving a price that is not for sale any more what it was sold with", async () => {
    const plan = await shop.sell({ credits: 70, unitAmount: 700 });
    await shop.settle();
    await subscribeOld(shop, "loyal", plan);
    const dearer = await addPrice(shop, plan.productId, {
      unit_amount: 900,
      recurring: { interval: "month" },
      metadata: { creditsAmount: "10" },
    });
    await shop.stripe.products.update(plan.productId, { default_price: dearer });
    await shop.renew();
    expect((await shop.readCredits("loyal")).given).toBe(140);
    expect(Object.keys((await readProduct(shop, plan.productId))?.["prices"])).toEqual([dearer]);
  });

  it("upgrades and downgrades in rounds, and reads the credited invoice from the provider", async () => {
    const subscriptionId = await subscribeOld(shop, "changed", small);
    const { id: invoiceId } = await shop.readLatestInvoice(subscriptionId);
    const calls = await listCalls(shop, async () => {
      await shop.change(subscriptionId, { plan: large });
      expect((await shop.readCredits("changed")).given).toBe(1_000);
    });
    expect(calls).toContain(`GET /v1/invoices/${invoiceId}`);
    for (let round = 0; round < 3; round += 1) {
      await shop.change(subscriptionId, { plan: small });
      expect((await shop.readCredits("changed")).given).toBe(500);
      await shop.change(subscriptionId, { plan: large });
      expect((await shop.readCredits("changed")).given).toBe(1_000);
    }
  });

  it("takes back what was spent before a downgrade as debt", async () => {
    const subscriptionId = await subscribeOld(shop, "spender", large);
    await shop.spend("spender", 1_000);
    await shop.change(subscriptionId, { plan: small });
    expect(await shop.readCredits("spender")).toEqual({ given: 500, available: 0, debt: 500 });
  });

  it("waits if the credited invoice cannot be read now", async () => {
    const subscriptionId = await subscribeOld(shop, "waiting", large);
    await shop.change(subscriptionId, { plan: small });
    const fault = { route: "GET /v1/invoices/:id", fault: "error", status: 503, times: 100 } as const;
    await shop.history.control.addFault(fault);
    await expect(shop.settle()).rejects.toThrow("Cannot process event");
    const reasons = [...(await readWaitingEvents(shop)).values()];
    expect(reasons).toContainEqual(expect.stringContaining("Cannot read invoice"));
    await shop.history.control.clearFaults();
    expect((await shop.readCredits("waiting")).given).toBe(500);
  });

  it("gives what an open checkout was sold with, whatever may be ordered now", async () => {
    const pack = await shop.sellOnce({ credits: 100, unitAmount: 500, metadata: { maxQuantity: "3" } });
    const sessionId = await openOld(shop, "late", { ...pack, quantity: 3 });
    await shop.stripe.products.update(pack.productId, { metadata: { maxQuantity: "", creditsAmount: "1" } });
    await age(shop);
    await shop.history.control.pay(sessionId);
    expect((await shop.readCredits("late")).given).toBe(300);
  });

  it("sells a product after one read of it", async () => {
    const pack = await shop.sellOnce({ credits: 100, unitAmount: 500 });
    await shop.settle();
    await age(shop);
    const readsOf = async (userId: string): Promise<number> => {
      const calls = await listCalls(shop, async () => await buy(shop, userId, pack));
      return calls.filter((call) => call === `GET /v1/products/${pack.productId}`).length;
    };
    expect([await readsOf("first"), await readsOf("second")]).toEqual([1, 0]);
    expect((await shop.readCredits("first")).given).toBe(100);
    expect(await readProduct(shop, pack.productId)).toMatchObject({ maxQuantity: 1 });
  });

  it("refunds a payment whose balance part it does not know by its share of all that was paid", async () => {
    const subscriptionId = await subscribeOld(shop, "refunded", small);
    const { customer } = await shop.readLatestInvoice(subscriptionId);
    await shop.stripe.customers.createBalanceTransaction(toId(customer), { amount: -950, currency: "usd" });
    await shop.renew();
    await shop.settle();
    await age(shop);
    const invoice = await shop.readLatestInvoice(subscriptionId);
    const intent = invoice.payments?.data[0]?.payment.payment_intent;
    await shop.stripe.refunds.create({ payment_intent: toId(intent), amount: 475 });
    expect((await shop.readCredits("refunded")).given).toBe(500 + 375);
  });
});
