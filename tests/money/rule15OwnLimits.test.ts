import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settlePayment } from "../../functions/src/credits/waiting/settlePayment.ts";
import { reconcilePayments } from "../../functions/src/reconciliation/reconcile.ts";
import { addPrice, buy, createPack, deliver, listCalls, open, readWaitingEvents } from "./market.ts";
import { MoneyShop } from "./shop.ts";

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

/** Rule 15: our documents stay within our own limits, and what cannot be booked holds up nothing else. */
describe("rule 15: our own limits", () => {
  let shop: MoneyShop;

  beforeEach(async () => {
    shop = await MoneyShop.open();
  });

  afterEach(async () => await shop.close());

  it("refuses an order that is worth more than a payment may be, before the provider is asked", async () => {
    const metadata = { creditsAmount: "600000000", maxQuantity: "2" };
    const { productId } = await createPack(shop, metadata);
    await deliver(shop);
    const calls = await listCalls(shop, async () => {
      await expect(open(shop, "rich", { productId, quantity: 2 })).rejects.toMatchObject({
        code: "failed_precondition",
        message: expect.stringContaining("exceeds what can be sold"),
      });
    });
    expect(calls).toEqual([]);
    await buy(shop, "rich", { productId });
    expect(await shop.readCredits("rich")).toMatchObject({ given: 600_000_000 });
  });

  it("keeps an invoice that is worth more than a payment may be for later, with its reason", async () => {
    const plan = await shop.sell({ credits: 600_000_000, unitAmount: 1_900 });
    const subscriptionId = await shop.subscribe("rich", plan);
    await shop.settle();
    await shop.change(subscriptionId, { quantity: 2, behavior: "none" });
    await deliver(shop);
    await shop.renew();
    const { id: invoiceId } = await shop.readLatestInvoice(subscriptionId);
    expect(await deliver(shop)).toContainEqual(expect.any(Error));
    const waiting = [...(await readWaitingEvents(shop)).values()];
    expect(waiting).not.toEqual([]);
    for (const reason of waiting) {
      expect(reason).toMatch(/^Cannot write document "payments\/stripe_in_(?:.|\n)*creditsAmount/);
    }
    const payment = await shop.history.db.collection("payments").doc(`stripe_${invoiceId}`).get();
    expect(payment.exists).toBe(false);
    const { productId } = await createPack(shop);
    await buy(shop, "somebody", { productId });
    expect(await shop.readCredits("somebody")).toMatchObject({ given: 100 });
  });

  describe("a payment that cannot be read", () => {
    it("waits by itself with its reason, is logged once, and holds up nothing", async () => {
      const { paymentId, ref } = await payUnreadable(shop);
      expect(await settlePayment(shop.history.context, paymentId)).toMatchObject({
        outcome: "waiting",
        isNew: true,
        reason: expect.stringContaining("creditsAmount"),
      });
      expect(await settlePayment(shop.history.context, paymentId)).toMatchObject({ isNew: false });
      await buyUnbooked(shop, "somebody");
      const first = await reconcile(shop);
      expect(first).toMatchObject({ failures: [], report: { credits: { repaired: 1, failed: 0 } } });
      expect(await readCreditsCursor(shop)).toEqual(shop.history.context.now());
      expect(await readAvailable(shop, "somebody")).toBe(100);
      expect(await readAvailable(shop, "unlucky")).toBeUndefined();
      expect((await readWaiting(shop, paymentId)).data()).toMatchObject({ attempts: 1 });

      await shop.history.pass(DAY_SECONDS + HOUR_SECONDS);
      expect(await reconcile(shop)).toMatchObject({ failures: [] });
      expect((await readWaiting(shop, paymentId)).data()).toMatchObject({ attempts: 2 });

      await ref.update({ creditsAmount: 100 });
      await shop.history.pass(DAY_SECONDS + HOUR_SECONDS);
      expect(await reconcile(shop)).toMatchObject({ report: { credits: { repaired: 1, failed: 0 } } });
      expect(await readAvailable(shop, "unlucky")).toBe(100);
      expect((await readWaiting(shop, paymentId)).exists).toBe(false);
    });

    it("is told of by the reconciliation if that finds it first, and does not hold its cursor", async () => {
      const { paymentId } = await payUnreadable(shop);
      const { failures, report } = await reconcile(shop);
      expect(failures).toEqual([{ step: "credits", id: paymentId }]);
      expect(report).toMatchObject({ credits: { failed: 1 } });
      expect(await readCreditsCursor(shop)).toEqual(shop.history.context.now());
      await shop.history.pass(60);
      expect(await reconcile(shop)).toMatchObject({ failures: [], report: { credits: { failed: 0 } } });
    });

    it("is booked at once when somebody has corrected it", async () => {
      const { paymentId, ref } = await payUnreadable(shop);
      await settlePayment(shop.history.context, paymentId);
      await ref.update({ creditsAmount: 100 });
      expect(await settlePayment(shop.history.context, paymentId)).toMatchObject({ outcome: "booked" });
      await shop.history.pass(DAY_SECONDS + HOUR_SECONDS);
      expect(await reconcile(shop)).toMatchObject({ failures: [] });
      expect((await readWaiting(shop, paymentId)).exists).toBe(false);
    });
  });

  it("lets a payment wait whose account cannot be read, and keeps the cursor for one that met an outage", async () => {
    const paymentId = await buyUnbooked(shop, "odd");
    const account = shop.history.db.collection("subscriptions").doc("odd");
    await account.set({ seq: "none" });
    expect(await settlePayment(shop.history.context, paymentId)).toMatchObject({
      outcome: "waiting",
      reason: expect.stringContaining('"subscriptions/odd"'),
    });
    const outage = new Error("14 UNAVAILABLE");
    const db = new Proxy(shop.history.db, {
      get: (target, name) => {
        if (name === "collection") throw outage;
        return Reflect.get(target, name);
      },
    });
    await expect(settlePayment({ ...shop.history.context, db }, paymentId)).rejects.toBe(outage);
  });

  it("does not offer a price that is worth more than a product may be", async () => {
    const { productId } = await createPack(shop);
    const priceId = await addPrice(shop, productId, { metadata: { creditsAmount: "1000000001" } });
    await deliver(shop);
    await expect(open(shop, "rich", { productId, priceId })).rejects.toMatchObject({ code: "not_found" });
  });
});

/** A payment of 100 credits that nobody has booked. Returns its id. */
async function buyUnbooked(shop: MoneyShop, userId: string): Promise<string> {
  const { productId } = await createPack(shop);
  await buy(shop, userId, { productId });
  await deliver(shop);
  const { docs } = await shop.history.db.collection("payments").where("userId", "==", userId).get();
  const [payment] = docs;
  if (!payment) throw new Error("There is no payment");
  return payment.id;
}

/** A payment as an earlier version wrote it: worth more than it can read. */
async function payUnreadable(shop: MoneyShop) {
  const paymentId = await buyUnbooked(shop, "unlucky");
  const ref = shop.history.db.collection("payments").doc(paymentId);
  await ref.update({ creditsAmount: 1_200_000_000 });
  return { paymentId, ref };
}

async function reconcile({ history: { context } }: MoneyShop) {
  const failures: { step: string; id: string }[] = [];
  const report = await reconcilePayments(context, {
    onFailure: ({ step, id }) => failures.push({ step, id }),
  });
  return { failures, report };
}

async function readCreditsCursor({ history }: MoneyShop): Promise<Date> {
  return (await history.db.doc("reconciliations/_credits").get()).get("reconciledAt").toDate();
}

async function readWaiting({ history }: MoneyShop, paymentId: string) {
  return await history.db.doc(`reconciliations/_credits/waiting/${paymentId}`).get();
}

async function readAvailable({ history }: MoneyShop, userId: string): Promise<unknown> {
  return (await history.db.collection("subscriptions").doc(userId).get()).get("availableCredits");
}
