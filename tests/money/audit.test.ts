import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditMoney } from "../../functions/src/admin/auditMoney.ts";
import type { AuditMoneyResult } from "../../functions/src/contract/admin.ts";
import { addPrice, deliver } from "./market.ts";
import { age, openOld, subscribeOld } from "./oldDocuments.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/** What version 9a2663f got wrong is found, with what a person can do about it. */
describe("auditMoney", () => {
  let shop: MoneyShop;
  let small: Plan;
  let large: Plan;

  beforeEach(async () => {
    shop = await MoneyShop.open();
    small = await shop.sell({ credits: 500, unitAmount: 1_900 });
    large = await shop.sell({ credits: 1_000, unitAmount: 3_800 });
    await shop.settle();
  });

  afterEach(async () => await shop.close());

  async function audit(userId: string): Promise<AuditMoneyResult["findings"]> {
    return (await auditMoney(shop.history.context, { userId })).findings;
  }

  /** Changes a plan as it was written before: what a downgrade gives back took nothing. */
  async function changeOld(subscriptionId: string, plan: Plan): Promise<string> {
    await shop.change(subscriptionId, { plan });
    await deliver(shop);
    await age(shop);
    const { id } = await shop.readLatestInvoice(subscriptionId);
    return `stripe_${id}`;
  }

  /** The id of the payment of an old subscription, with other credits. */
  async function giveOld(userId: string, creditsAmount: number): Promise<string> {
    const subscriptionId = await subscribeOld(shop, userId, small);
    const { id } = await shop.readLatestInvoice(subscriptionId);
    await shop.history.db.doc(`payments/stripe_${id}`).update({ creditsAmount });
    return `stripe_${id}`;
  }

  it("finds nothing wrong with what is right, old and new", async () => {
    await subscribeOld(shop, "honest", small);
    const subscriptionId = await shop.subscribe("newer", small);
    await shop.change(subscriptionId, { plan: large });
    await shop.change(subscriptionId, { plan: small });
    await shop.renew();
    await shop.settle();
    expect([await audit("honest"), await audit("newer")]).toEqual([[], []]);
  });

  it("finds credits that were given in circles, and nothing once they are taken", async () => {
    const subscriptionId = await subscribeOld(shop, "circle", small);
    await changeOld(subscriptionId, large);
    const paymentId = await changeOld(subscriptionId, small);
    await changeOld(subscriptionId, large);
    expect((await shop.readCredits("circle")).given).toBe(1_500);
    expect(await audit("circle")).toMatchObject([
      { kind: "credits_not_taken", id: paymentId, userId: "circle", found: 0, expected: 500 },
      { kind: "account_above_law", id: "circle", userId: "circle", found: 1_500, expected: 1_000 },
    ]);
    await shop.history.db.doc(`payments/${paymentId}`).update({ creditsTaken: 500 });
    expect((await shop.readCredits("circle")).given).toBe(1_000);
    expect(await audit("circle")).toEqual([]);
  });

  it("finds a payment above its worth, and nothing once it is corrected", async () => {
    const id = await giveOld("rich", 6_500);
    expect(await audit("rich")).toMatchObject([
      { kind: "payment_above_worth", id, found: 6_500, expected: 500 },
      { kind: "account_above_law", found: 6_500, expected: 500 },
    ]);
    await shop.history.db.doc(`payments/${id}`).update({ creditsAmount: 500 });
    expect(await audit("rich")).toEqual([]);
  });

  it("finds a payment whose worth was not known, and one below its worth", async () => {
    const unknown = await giveOld("poor", 0);
    expect(await audit("poor")).toMatchObject([
      { kind: "worth_unknown", id: unknown, found: 0, expected: 500 },
    ]);
    const below = await giveOld("half", 250);
    expect(await audit("half")).toMatchObject([
      { kind: "payment_below_worth", id: below, found: 250, expected: 500 },
    ]);
  });

  it("finds units of something free", async () => {
    small = await shop.sell({ credits: 50, unitAmount: 0 });
    const id = await giveOld("free", 49_950);
    expect(await audit("free")).toMatchObject([
      { kind: "payment_above_worth", id, found: 49_950, expected: 50 },
      { kind: "account_above_law", found: 49_950, expected: 50 },
    ]);
  });

  it("finds an order above what the buyer was shown", async () => {
    const pack = await shop.sellOnce({ credits: 100, unitAmount: 500, metadata: { maxQuantity: "3" } });
    await shop.history.control.pay(await openOld(shop, "orders", { ...pack, quantity: 3 }));
    await shop.settle();
    expect(await audit("orders")).toEqual([]);
    const [id] = await readPaymentIds("orders");
    await shop.history.db.doc(`payments/${id}`).update({ creditsAmount: 900 });
    expect(await audit("orders")).toMatchObject([
      { kind: "payment_above_worth", id, found: 900, expected: 300 },
      { kind: "account_above_law", found: 900, expected: 300 },
    ]);
  });

  it("finds a free order that was had before, unless it may be had again", async () => {
    const gift = await shop.sellOnce({ credits: 50, unitAmount: 0 });
    await shop.buyOnce("gifted", gift);
    await shop.settle();
    await shop.pass(1);
    await shop.buyOnce("gifted", gift);
    await shop.settle();
    expect(await audit("gifted")).toEqual([]);
    const ids = await readPaymentIds("gifted");
    for (const id of ids) await shop.history.db.doc(`payments/${id}`).update({ creditsAmount: 50 });
    expect(await audit("gifted")).toMatchObject([
      { kind: "payment_above_worth", id: expect.toBeOneOf(ids), found: 50, expected: 0 },
      { kind: "account_above_law", found: 100, expected: 50 },
    ]);
    await shop.stripe.products.update(gift.productId, { metadata: { freeTimes: "2" } });
    await shop.settle();
    expect(await audit("gifted")).toEqual([]);
  });

  async function readPaymentIds(userId: string): Promise<string[]> {
    const { docs } = await shop.history.db.collection("payments").where("userId", "==", userId).get();
    return docs.map(({ id }) => id);
  }

  it("finds money that went back unseen", async () => {
    const subscriptionId = await subscribeOld(shop, "credited", small);
    const { id } = await shop.readLatestInvoice(subscriptionId);
    await shop.stripe.creditNotes.create({ invoice: id, amount: 950, credit_amount: 950 });
    expect(await audit("credited")).toMatchObject([
      { kind: "account_above_law", id: "credited", found: 500, expected: 250 },
    ]);
  });

  it("says what it could not read, and goes on", async () => {
    const id = await giveOld("hidden", 6_500);
    const { control } = shop.history;
    await control.addFault({ route: "GET /v1/invoices/:id", fault: "error", status: 503, times: 100 });
    expect(await audit("hidden")).toMatchObject([{ kind: "not_audited", id, userId: "hidden" }]);
    await shop.history.db.doc(`payments/${id}`).update({ currency: "Dollars" });
    expect(await audit("hidden")).toMatchObject([{ kind: "not_audited", id, expected: "readable" }]);
  });

  it("refuses a cursor that is not one of its own", async () => {
    await expect(auditMoney(shop.history.context, { cursor: "events:1" })).rejects.toMatchObject({
      code: "invalid_argument",
    });
  });

  it("goes through everything in pages that can be resumed, and writes nothing", async () => {
    const rich = await giveOld("a", 6_500);
    const poor = await giveOld("b", 0);
    const partner = await addPrice(shop, large.productId);
    const product = shop.history.db.doc(`products/${large.productId}`);
    const shown = { amount: 50, currency: "usd", active: true, type: "one_time", interval: null };
    await product.update({ [`prices.${partner}`]: shown });
    const before = await readTimes();
    const findings: AuditMoneyResult["findings"] = [];
    let [next, pages]: [string | null, number] = [null, 0];
    do {
      const page: AuditMoneyResult = await auditMoney(shop.history.context, {
        ...(next !== null && { cursor: next }),
        limit: 1,
      });
      findings.push(...page.findings);
      next = page.next;
      pages += 1;
    } while (next !== null);
    expect(pages).toBeGreaterThan(4);
    expect(findings).toMatchObject([
      { kind: "payment_above_worth", id: rich, userId: "a" },
      { kind: "account_above_law", id: "a" },
      { kind: "worth_unknown", id: poor, userId: "b" },
      {
        kind: "price_not_offered",
        id: `${large.productId}/${partner}`,
        found: "for sale",
        expected: expect.stringContaining("it is not the default price"),
      },
    ]);
    expect((await auditMoney(shop.history.context, {})).next).toBe("products:");
    expect(await readTimes()).toEqual(before);
  });

  /** When each document was written last, by its path. */
  async function readTimes(): Promise<Map<string, number>> {
    const { db } = shop.history;
    const names = [
      "payments",
      "products",
      "payment_sessions",
      "subscriptions",
      "webhook_events",
      "customers",
    ];
    const found = await Promise.all(names.map(async (name) => (await db.collection(name).get()).docs));
    return new Map(found.flat().map(({ ref, updateTime }) => [ref.path, updateTime.toMillis()]));
  }
});
