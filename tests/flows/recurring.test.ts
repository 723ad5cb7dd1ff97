import { describe, expect, it } from "vitest";
import { CARDS } from "../../local/stripe/testing/controlClient.ts";
import {
  control,
  pauseWebhooks,
  readAccount,
  signUp,
  stripe,
  toId,
  untilGranted,
  type TestUser,
} from "../kit/suite/harness.ts";
import {
  advanceDays,
  createPlan,
  openPlan,
  passPeriod,
  readPayment,
  subscribe,
  untilAvailable,
  untilFailed,
  untilPayment,
  untilPlan,
} from "../kit/suite/situations.ts";
import { untilTaken } from "../kit/suite/events.ts";
import { eventually } from "../kit/eventually.ts";

describe("a recurring subscription", () => {
  it("grants the first period with the checkout, once, by webhook and verifyPayment", async () => {
    const { user, sessionId, invoiceId } = await subscribe();
    const result = await user.functionProvider.run("verifyPayment", sessionId);
    expect(result).toMatchObject({
      success: true,
      paymentId: `stripe_${invoiceId}`,
      amount: 1900,
      creditsAmount: 500,
    });
    expect((await readAccount(user.uid)).entries).toHaveLength(1);
    expect(await readPayment(invoiceId)).toMatchObject({
      status: "succeeded",
      amount: 1900,
      userId: user.uid,
    });
  });

  it("is settled by verifyPayment alone", async () => {
    const { user, sessionId } = await openPlan();
    await pauseWebhooks(sessionId);
    await control.pay(sessionId);
    expect(await untilGranted(user, sessionId)).toMatchObject({ creditsAmount: 500 });
  });

  it("grants each renewal for a year, one of which fails first and is recovered", async () => {
    const { user, subscriptionId } = await subscribe();
    for (let month = 2; month <= 5; month += 1) await renew(user, subscriptionId, 500 * month);
    await control.setCard(subscriptionId, CARDS.failing);
    await passPeriod(subscriptionId);
    const invoiceId = await untilFailed(subscriptionId);
    expect(await readPayment(invoiceId)).toMatchObject({ status: "failed", paidAt: null });
    await untilAvailable(user, 500 * 5);
    await control.setCard(subscriptionId, CARDS.good);
    await stripe.invoices.pay(invoiceId);
    await untilAvailable(user, 500 * 6);
    for (let month = 7; month <= 12; month += 1) await renew(user, subscriptionId, 500 * month);
    const { entries, subscription } = await readAccount(user.uid);
    expect(entries).toHaveLength(12);
    expect(subscription).toMatchObject({ totalCredits: 6_000, debt: 0 });
  }, 120_000);

  it("takes the credits of a refunded period back, although the refund names no invoice", async () => {
    const { user, invoiceId } = await subscribe();
    const { data } = await stripe.invoicePayments.list({ invoice: invoiceId });
    const paymentIntentId = toId(data[0]?.payment.payment_intent);
    await stripe.refunds.create({ payment_intent: paymentIntentId, amount: 950 });
    await untilAvailable(user, 250);
    expect(await readPayment(invoiceId)).toMatchObject({ status: "partially_refunded", amountRefunded: 950 });
    await control.dispute(paymentIntentId);
    await untilPayment(invoiceId, { status: "disputed" });
    await untilAvailable(user, 0);
  });

  it("grants the difference of an upgrade in mid period", async () => {
    const { user, subscriptionId } = await subscribe();
    const larger = await createPlan({ creditsAmount: "1000", unitAmount: 3_800 });
    await advanceDays(15);
    const { items } = await stripe.subscriptions.retrieve(subscriptionId);
    await stripe.subscriptions.update(subscriptionId, {
      items: [{ id: toId(items.data[0]), price: larger.priceId }],
      proration_behavior: "always_invoice",
    });
    const account = await eventually(async () => {
      const found = await readAccount(user.uid);
      expect(found.entries).toHaveLength(2);
      return found;
    });
    // About half of the month was left, and so about half of the 500 credits between the plans.
    const upgrade = account.entries[1]?.["delta"];
    expect(upgrade).toBeGreaterThan(200);
    expect(upgrade).toBeLessThan(300);
    await passPeriod(subscriptionId);
    await untilAvailable(user, 500 + upgrade + 1_000);
  });

  it("is seen in the user's subscription, and can be cancelled and resumed", async () => {
    const { user, subscriptionId } = await subscribe();
    await untilPlan(user, { subscriptionId, status: "active", cancelAtPeriodEnd: false, provider: "stripe" });
    const cancelled = await user.functionProvider.run("cancelSubscription", {});
    expect(cancelled).toMatchObject({ subscriptionId, status: "active", cancelAtPeriodEnd: true });
    await untilPlan(user, { cancelAtPeriodEnd: true });
    expect(await user.functionProvider.run("resumeSubscription", {})).toMatchObject({
      cancelAtPeriodEnd: false,
    });
    await passPeriod(subscriptionId);
    await untilAvailable(user, 1_000);
    await user.functionProvider.run("cancelSubscription", {});
    await passPeriod(subscriptionId);
    await untilPlan(user, { status: "canceled" });
    await untilAvailable(user, 1_000);
    await expect(user.functionProvider.run("resumeSubscription", {})).rejects.toMatchObject({
      code: "failed-precondition",
    });
  });

  it("is past due while a renewal cannot be paid", async () => {
    const { user, subscriptionId } = await subscribe();
    await control.setCard(subscriptionId, CARDS.failing);
    await passPeriod(subscriptionId);
    await untilPlan(user, { status: "past_due" });
    await control.setCard(subscriptionId, CARDS.good);
    await stripe.invoices.pay(await untilFailed(subscriptionId));
    await untilPlan(user, { status: "active" });
  });

  it("is looked after in the provider's portal, by buyers alone", async () => {
    const { user } = await subscribe();
    const { url } = await user.functionProvider.run("createPortalSession", {});
    expect(await (await fetch(url)).text()).toContain("Plan");
    const stranger = await signUp();
    const refusal = { code: "failed-precondition" };
    await expect(stranger.functionProvider.run("createPortalSession", {})).rejects.toMatchObject(refusal);
    await expect(stranger.functionProvider.run("cancelSubscription", {})).rejects.toMatchObject(refusal);
    await expect(
      user.functionProvider.run("createPortalSession", { returnUrl: "https://evil.example/" }),
    ).rejects.toMatchObject({
      code: "invalid-argument",
      message: 'returnUrl: Origin "https://evil.example" is not allowed, see ALLOWED_REDIRECT_ORIGINS',
    });
  });

  it("is not ours without our metadata", async () => {
    const user = await signUp();
    const { priceId } = await createPlan();
    const session = await stripe.checkout.sessions.create({
      mode: "subscription",
      line_items: [{ price: priceId, quantity: 1 }],
      subscription_data: { metadata: { userId: user.uid } },
      success_url: "https://example.com/",
    });
    await control.pay(session.id);
    const { invoice } = await stripe.checkout.sessions.retrieve(session.id);
    await untilTaken("invoice.paid", toId(invoice));
    expect(await readPayment(toId(invoice))).toBeUndefined();
  });
});

async function renew(user: TestUser, subscriptionId: string, availableCredits: number): Promise<void> {
  await passPeriod(subscriptionId);
  await untilAvailable(user, availableCredits);
}
