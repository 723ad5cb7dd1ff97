import { describe, expect, it } from "vitest";
import { CARDS } from "../../local/stripe/testing/controlClient.ts";
import {
  control,
  createProduct,
  db,
  pauseWebhooks,
  readAccount,
  signUp,
  stripe,
  untilGranted,
} from "../kit/suite/harness.ts";
import { advanceDays, open, payFor, type Bought } from "../kit/suite/situations.ts";
import { untilTaken } from "../kit/suite/events.ts";
import { eventually } from "../kit/eventually.ts";

describe("a purchase", () => {
  it("is settled by the webhook alone", async () => {
    const user = await signUp();
    const productId = await createProduct({ creditsAmount: "100", subscriptionDays: "30" });
    const session = await user.functionProvider.run("createPaymentSession", { productId });
    expect(session).toMatchObject({ provider: "stripe", url: expect.stringContaining(session.sessionId) });
    await control.pay(session.sessionId);
    const account = await eventually(async () => {
      const found = await readAccount(user.uid);
      expect(found.subscription?.["availableCredits"]).toBe(100);
      return found;
    });
    expect(account.entries).toHaveLength(1);
    expect(account.entries[0]).toMatchObject({ seq: 1, type: "grant", delta: 100, balanceAfter: 100 });
    const [paymentId] = Object.keys(account.grants);
    const payment = (await db.collection("payments").doc(String(paymentId)).get()).data();
    expect(payment).toMatchObject({ userId: user.uid, status: "succeeded", amount: 500, currency: "usd" });
    const lastedMs = account.subscription?.["endDate"].toMillis() - payment?.["paidAt"].toMillis();
    expect(lastedMs).toBe(30 * 86_400_000);
  });

  it("is settled by verifyPayment alone", async () => {
    const { user, sessionId } = await open();
    const resume = await pauseWebhooks(sessionId);
    const unpaid = await user.functionProvider.run("verifyPayment", sessionId);
    expect(unpaid).toMatchObject({ success: false, status: "created", credits: "none", paymentId: null });
    await control.pay(sessionId);
    const result = await untilGranted(user, sessionId);
    expect(result).toMatchObject({ status: "succeeded", amount: 500, currency: "usd", creditsAmount: 100 });
    await resume();
    await untilTaken("checkout.session.completed", sessionId);
    expect((await readAccount(user.uid)).entries).toHaveLength(1);
  });

  it("is settled once by webhook and verifyPayment at the same time", async () => {
    const { user, sessionId } = await open();
    const resume = await pauseWebhooks(sessionId);
    await control.pay(sessionId);
    await Promise.all([
      resume(),
      ...Array.from({ length: 3 }, () => user.functionProvider.run("verifyPayment", { sessionId })),
    ]);
    await untilGranted(user, sessionId);
    await untilTaken("checkout.session.completed", sessionId);
    const { entries, subscription } = await readAccount(user.uid);
    expect(entries).toHaveLength(1);
    expect(subscription).toMatchObject({ availableCredits: 100, totalCredits: 100 });
  });

  it("keeps two users apart", async () => {
    const [ada, ben] = [await signUp(), await signUp()];
    const productId = await createProduct();
    for (const user of [ada, ben]) {
      const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
      await control.pay(sessionId);
      await untilGranted(user, sessionId);
    }
    for (const user of [ada, ben]) {
      expect((await readAccount(user.uid)).subscription).toMatchObject({ availableCredits: 100 });
    }
  });

  it("uses one customer for all of a user's purchases, also for two first ones at once", async () => {
    const user = await signUp();
    const productId = await createProduct();
    const sessions = await Promise.all(
      Array.from({ length: 2 }, () => user.functionProvider.run("createPaymentSession", { productId })),
    );
    const later = await user.functionProvider.run("createPaymentSession", { productId });
    const found = await Promise.all(
      [...sessions, later].map(({ sessionId }) => stripe.checkout.sessions.retrieve(sessionId)),
    );
    expect(new Set(found.map(({ customer }) => customer)).size).toBe(1);
    expect(new Set(found.map(({ id }) => id)).size).toBe(3);
  });

  it("grants every unit of several", async () => {
    const user = await signUp();
    const { sessionId } = await user.functionProvider.run("createPaymentSession", {
      productId: await createProduct({ creditsAmount: "7", maxQuantity: "3" }),
      quantity: 3,
    });
    await control.pay(sessionId);
    expect(await untilGranted(user, sessionId)).toMatchObject({ amount: 1500, creditsAmount: 21 });
    expect((await readAccount(user.uid)).subscription).toMatchObject({ availableCredits: 21 });
  });

  it.each([
    { currency: "jpy", unitAmount: 500 },
    { currency: "kwd", unitAmount: 5000 },
  ])("is charged in whole minor units of $currency", async ({ currency, unitAmount }) => {
    const { user, sessionId } = await open({ product: { currency, unitAmount } });
    await control.pay(sessionId);
    expect(await untilGranted(user, sessionId)).toMatchObject({ currency, amount: unitAmount });
  });

  it("is free at price 0 and still grants", async () => {
    const { user, sessionId } = await open({ product: { unitAmount: 0 } });
    await control.pay(sessionId);
    expect(await untilGranted(user, sessionId)).toMatchObject({
      amount: 0,
      paymentId: `stripe_${sessionId}`,
    });
  });

  it("is free with a promotion code for all of it and still grants", async () => {
    const user = await signUp();
    const coupon = await stripe.coupons.create({ percent_off: 100, duration: "once" });
    const { code } = await stripe.promotionCodes.create({ promotion: { type: "coupon", coupon: coupon.id } });
    const { sessionId, url } = await user.functionProvider.run("createPaymentSession", {
      productId: await createProduct(),
    });
    await enterPromotionCode(url, code);
    await control.pay(sessionId);
    expect(await untilGranted(user, sessionId)).toMatchObject({ amount: 0, status: "succeeded" });
  });

  it("can be paid after a declined card", async () => {
    const { user, sessionId } = await open();
    await expect(control.pay(sessionId, { card: CARDS.declined })).rejects.toMatchObject({ status: 402 });
    expect(await user.functionProvider.run("verifyPayment", sessionId)).toMatchObject({
      success: false,
      status: "created",
      credits: "none",
    });
    await control.pay(sessionId);
    await untilGranted(user, sessionId);
  });
});

describe("a bank debit", () => {
  it("grants when it settles", async () => {
    const { user, sessionId, paymentIntentId } = await buyByBankDebit();
    await control.settle(paymentIntentId, "succeeded");
    await untilGranted(user, sessionId);
    expect((await readAccount(user.uid)).entries).toHaveLength(1);
  });

  it("grants nothing when it fails days later", async () => {
    const { user, sessionId, paymentIntentId } = await buyByBankDebit();
    await advanceDays(4);
    expect(await user.functionProvider.run("verifyPayment", sessionId)).toMatchObject({ status: "pending" });
    await control.settle(paymentIntentId, "failed");
    await eventually(async () => {
      expect(await user.functionProvider.run("verifyPayment", sessionId)).toMatchObject({
        success: false,
        status: "failed",
        credits: "none",
      });
    });
    await untilTaken("checkout.session.completed", sessionId);
    expect((await readAccount(user.uid)).subscription).toBeUndefined();
  });

  it("that failed is told by verifyPayment alone", async () => {
    const { user, sessionId, paymentIntentId } = await buyByBankDebit({ paused: true });
    await control.settle(paymentIntentId, "failed");
    expect(await user.functionProvider.run("verifyPayment", sessionId)).toMatchObject({ status: "failed" });
  });
});

describe("a session that expires", () => {
  it("ends as expired and grants nothing", async () => {
    const { user, sessionId } = await open();
    await control.expire(sessionId);
    await eventually(async () => {
      const session = (await db.collection("payment_sessions").doc(sessionId).get()).data();
      expect(session).toMatchObject({ status: "expired", paymentId: null });
    });
    expect(await user.functionProvider.run("verifyPayment", sessionId)).toMatchObject({
      success: false,
      status: "expired",
      credits: "none",
    });
  });
});

/** As the form of the checkout page does. */
async function enterPromotionCode(url: string, code: string): Promise<void> {
  const body = new URLSearchParams({ action: "apply_promotion_code", promotion_code: code });
  expect((await fetch(url, { method: "POST", body })).status).toBe(200);
}

/** A session paid by bank debit, whose money is still on its way. */
async function buyByBankDebit({ paused = false } = {}): Promise<Bought> {
  const opened = await open();
  if (paused) await pauseWebhooks(opened.sessionId);
  const bought = await payFor(opened, { method: "bank_debit" });
  const waiting = await bought.user.functionProvider.run("verifyPayment", bought.sessionId);
  expect(waiting).toMatchObject({ success: false, status: "pending", credits: "none" });
  return bought;
}
