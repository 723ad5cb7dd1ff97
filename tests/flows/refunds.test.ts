import { describe, expect, it } from "vitest";
import { deliver, findEvent } from "../kit/suite/events.ts";
import {
  control,
  createProduct,
  db,
  pauseWebhooks,
  readAccount,
  signUp,
  stripe,
  suite,
  toId,
} from "../kit/suite/harness.ts";
import {
  buy,
  open,
  payFor,
  untilAvailable,
  untilPayment,
  untilSubscription,
} from "../kit/suite/situations.ts";

describe("a refund", () => {
  it("in full takes the credits back", async () => {
    const bought = await buy();
    await stripe.refunds.create({ payment_intent: bought.paymentIntentId });
    await untilPayment(bought.paymentIntentId, { status: "refunded", amountRefunded: 500 });
    await untilSubscription(bought.user, { availableCredits: 0, totalCredits: 0, debt: 0 });
    expect((await readAccount(bought.user.uid)).entries.map(({ delta }) => delta)).toEqual([100, -100]);
  });

  it("in parts ends like one in full, and rounds in the user's favour on the way", async () => {
    const bought = await buy();
    for (const [amount, availableCredits] of [
      [151, 70],
      [199, 30],
      [150, 0],
    ] as const) {
      await stripe.refunds.create({ payment_intent: bought.paymentIntentId, amount });
      await untilAvailable(bought.user, availableCredits);
    }
    await untilPayment(bought.paymentIntentId, { status: "refunded" });
  });

  it("that fails later gives money and credits back", async () => {
    const bought = await buy();
    const refund = await stripe.refunds.create({ payment_intent: bought.paymentIntentId });
    await untilAvailable(bought.user, 0);
    await control.failRefund(refund.id);
    await untilPayment(bought.paymentIntentId, { status: "succeeded", amountRefunded: 0 });
    await untilAvailable(bought.user, 100);
  });

  it("made at the provider before we know of the payment is counted with it", async () => {
    const opened = await open();
    await pauseWebhooks(opened.sessionId);
    const bought = await payFor(opened);
    const { id } = await stripe.refunds.create({ payment_intent: bought.paymentIntentId, amount: 250 });
    const event = await findEvent("refund.created", id);
    expect(await deliver(event)).toEqual({ status: 200, outcome: "processed" });
    expect(await deliver(event)).toEqual({ status: 200, outcome: "duplicate" });
    await untilPayment(bought.paymentIntentId, { status: "partially_refunded", amountRefunded: 250 });
    await untilSubscription(bought.user, { availableCredits: 50, totalCredits: 50 });
  });

  it("of somebody else's payment on a shared account is ignored", async () => {
    const session = await stripe.checkout.sessions.create({
      mode: "payment",
      line_items: [{ price: await defaultPrice(await createProduct()), quantity: 1 }],
      success_url: suite.hostingUrl,
    });
    await control.pay(session.id);
    const { payment_intent } = await stripe.checkout.sessions.retrieve(session.id);
    const { id } = await stripe.refunds.create({ payment_intent: toId(payment_intent) });
    const event = await findEvent("refund.created", id);
    expect(await deliver(event)).toEqual({ status: 200, outcome: "ignored" });
    expect(
      (
        await db
          .collection("payments")
          .doc(`stripe_${toId(payment_intent)}`)
          .get()
      ).exists,
    ).toBe(false);
  });
});

describe("refundPayment", () => {
  it("refunds once for each requestId", async () => {
    const [bought, admin] = [await buy(), await signUp({ admin: true })];
    const request = { paymentId: bought.paymentId, amount: 200, requestId: crypto.randomUUID() };
    const results = await Promise.all(
      Array.from({ length: 3 }, () => admin.functionProvider.run("refundPayment", request)),
    );
    const refunded = { status: "partially_refunded", amount: 500, amountRefunded: 200, currency: "usd" };
    for (const result of results) expect(result).toMatchObject(refunded);
    expect((await stripe.refunds.list({ payment_intent: bought.paymentIntentId })).data).toHaveLength(1);
    await untilAvailable(bought.user, 60);
    const rest = { paymentId: bought.paymentId, requestId: crypto.randomUUID() };
    expect(await admin.functionProvider.run("refundPayment", rest)).toMatchObject({ status: "refunded" });
    expect(await admin.functionProvider.run("refundPayment", rest)).toMatchObject({ amountRefunded: 500 });
    await untilAvailable(bought.user, 0);
  });

  it("refuses everybody else, an unknown payment, too much, and a requestId with another amount", async () => {
    const [bought, admin] = [await buy(), await signUp({ admin: true })];
    const { paymentId, user } = bought;
    const requestId = crypto.randomUUID();
    await expectRefusal(
      user.functionProvider.run("refundPayment", { paymentId, requestId }),
      "permission-denied",
    );
    const { functionProvider } = admin;
    await expectRefusal(
      functionProvider.run("refundPayment", { paymentId: "stripe_pi_none", requestId }),
      "not-found",
    );
    await expectRefusal(
      functionProvider.run("refundPayment", { paymentId, requestId, amount: 501 }),
      "failed-precondition",
    );
    await functionProvider.run("refundPayment", { paymentId, requestId, amount: 100 });
    await expectRefusal(
      functionProvider.run("refundPayment", { paymentId, requestId, amount: 101 }),
      "failed-precondition",
    );
    expect((await stripe.refunds.list({ payment_intent: bought.paymentIntentId })).data).toHaveLength(1);
  });
});

describe("a dispute", () => {
  it("that is won freezes the credits and gives them back", async () => {
    const bought = await buy();
    const { id: disputeId } = await control.dispute(bought.paymentIntentId);
    await untilPayment(bought.paymentIntentId, { status: "disputed" });
    await untilAvailable(bought.user, 0);
    await control.closeDispute(disputeId, "won");
    await untilPayment(bought.paymentIntentId, { status: "succeeded" });
    await untilSubscription(bought.user, { availableCredits: 100, totalCredits: 100, debt: 0 });
  });

  it("that is lost takes them", async () => {
    const bought = await buy();
    const { id: disputeId } = await control.dispute(bought.paymentIntentId);
    await control.closeDispute(disputeId, "lost");
    await untilPayment(bought.paymentIntentId, { status: "charged_back", amountChargedBack: 500 });
    await untilSubscription(bought.user, { availableCredits: 0, totalCredits: 0, debt: 0 });
  });

  it("that is lost after a refund of a part takes only the rest", async () => {
    const bought = await buy();
    await stripe.refunds.create({ payment_intent: bought.paymentIntentId, amount: 200 });
    await untilAvailable(bought.user, 60);
    const { id: disputeId } = await control.dispute(bought.paymentIntentId);
    await control.closeDispute(disputeId, "lost");
    await untilPayment(bought.paymentIntentId, { status: "charged_back", amountRefunded: 200 });
    await untilSubscription(bought.user, { availableCredits: 0, totalCredits: 0, debt: 0 });
  });

  it("as an early fraud warning freezes the credits until nothing can be done any more", async () => {
    const bought = await buy();
    await control.warnOfFraud(bought.paymentIntentId);
    await untilPayment(bought.paymentIntentId, { status: "disputed" });
    await untilAvailable(bought.user, 0);
  });
});

async function defaultPrice(productId: string): Promise<string> {
  return toId((await stripe.products.retrieve(productId)).default_price);
}

async function expectRefusal(call: Promise<unknown>, code: string): Promise<void> {
  await expect(call).rejects.toMatchObject({ code });
}
