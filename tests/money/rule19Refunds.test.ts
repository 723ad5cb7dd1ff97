import type { Stripe } from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MoneyShop, type Plan } from "./shop.ts";

/**
 * Rule 19: a refund counts as long as its money is gone or on its way, and asks the provider at most twice.
 * https://docs.stripe.com/api/refunds/object#refund_object-status
 */
describe("rule 19: a refund", () => {
  let shop: MoneyShop;
  let pack: Plan;
  let plan: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    pack = await shop.sellOnce({ credits: 100, unitAmount: 500 });
    plan = await shop.sell({ credits: 500, unitAmount: 1_900 });
  });

  afterAll(async () => await shop.close());

  async function buy(userId: string): Promise<string> {
    const sessionId = await shop.buyOnce(userId, pack);
    await shop.settle();
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(sessionId);
    if (typeof intent !== "string") throw new Error("Expected a payment intent");
    return intent;
  }

  /** A renewal that only webhooks have told of. Returns its payment intent. */
  async function renew(userId: string): Promise<string> {
    const subscriptionId = await shop.subscribe(userId, plan);
    await shop.settle();
    await shop.renew();
    await shop.settle();
    const { payments } = await shop.readLatestInvoice(subscriptionId);
    const intent = payments?.data[0]?.payment.payment_intent;
    if (typeof intent !== "string") throw new Error("Expected a payment intent");
    return intent;
  }

  async function given(userId: string): Promise<number> {
    return (await shop.readCredits(userId)).given;
  }

  /** The calls that hearing of something takes. */
  async function countCalls(settle: () => Promise<void>): Promise<number> {
    const before = (await shop.history.control.readRequests()).length;
    await settle();
    return (await shop.history.control.readRequests()).length - before;
  }

  it.each([false, true])("of a purchase asks nothing, or once, newest first: %s", async (newestFirst) => {
    const userId = `calls ${newestFirst}`;
    const intent = await buy(userId);
    await shop.stripe.refunds.create({ payment_intent: intent, amount: 200 });
    const calls = await countCalls(async () => await shop.settle({ newestFirst }));
    expect(calls).toBeLessThanOrEqual(1);
    expect(await given(userId)).toBe(60);
  });

  it("of a renewal asks twice: which invoice was paid", async () => {
    const intent = await renew("renewed");
    await shop.stripe.refunds.create({ payment_intent: intent });
    const calls = await countCalls(async () => await shop.settle());
    expect(calls).toBeLessThanOrEqual(2);
    expect(await given("renewed")).toBe(500);
  });

  it("in several steps takes its share at each", async () => {
    const intent = await buy("steps");
    for (const left of [80, 60, 0]) {
      const amount = left === 0 ? {} : { amount: 100 };
      await shop.stripe.refunds.create({ payment_intent: intent, ...amount });
      expect(await given("steps")).toBe(left);
    }
  });

  // Stripe shows at most 100 at once, see https://docs.stripe.com/api/pagination
  it("in more steps than a page of refunds shows counts each of them", async () => {
    const intent = await buy("many");
    for (let step = 0; step < 110; step += 1)
      await shop.stripe.refunds.create({ payment_intent: intent, amount: 3 });
    // The last total is all that is heard of them.
    const told = (await shop.history.readEvents()).filter(({ type }) => /refund/.test(type));
    const total = told.findLast(({ type }) => type === "charge.refunded");
    for (const { id } of told) if (id !== total?.id) shop.history.deliveredIds.add(id);
    expect(await given("many")).toBe(34);
    const payment = await shop.readDocument(`payments/stripe_${intent}`);
    expect(payment).toMatchObject({ status: "partially_refunded", amountRefunded: 330 });
  });

  it("whose total is heard of before its refunds is found by it", async () => {
    const intent = await buy("total");
    await shop.stripe.refunds.create({ payment_intent: intent, amount: 100 });
    await shop.stripe.refunds.create({ payment_intent: intent, amount: 150 });
    const events = await shop.history.readEvents();
    for (const event of events.filter(({ type }) => type.startsWith("refund.")))
      shop.history.deliveredIds.add(event.id);
    expect(await given("total")).toBe(50);
    const payment = await shop.readDocument(`payments/stripe_${intent}`);
    expect(payment).toMatchObject({ status: "partially_refunded", amountRefunded: 250 });
  });

  it("of a payment that is not known yet is heard with it", async () => {
    const sessionId = await shop.buyOnce("early", pack);
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(sessionId);
    if (typeof intent !== "string") throw new Error("Expected a payment intent");
    await shop.stripe.refunds.create({ payment_intent: intent, amount: 200 });
    await shop.settle({ newestFirst: true });
    expect(await given("early")).toBe(60);
  });

  it.each<[Stripe.Refund["status"] & string, number]>([
    ["pending", 60],
    ["requires_action", 60],
    ["succeeded", 60],
    ["failed", 100],
    ["canceled", 100],
  ])("that is %s leaves %i credits", async (status, left) => {
    const intent = await buy(status);
    await shop.stripe.refunds.create({ payment_intent: intent, amount: 200 });
    const events = await shop.history.readEvents();
    const made = events.findLast(({ type }) => type === "refund.created");
    if (!made) throw new Error("Expected an event");
    const type = status === "failed" ? "refund.failed" : "refund.updated";
    for (const { id } of events) shop.history.deliveredIds.add(id);
    await shop.deliverChanged({
      ...made,
      type,
      data: { object: Object.assign({}, made.data.object, { status }) },
    });
    expect(await given(status)).toBe(left);
  });
});
