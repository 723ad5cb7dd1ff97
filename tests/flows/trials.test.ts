import { describe, expect, it } from "vitest";
import { CARDS } from "../../local/stripe/testing/controlClient.ts";
import { control, readAccount, stripe, toId } from "../kit/suite/harness.ts";
import {
  advanceDays,
  openTrial,
  passPeriod,
  payPlan,
  readPayment,
  subscribe,
  untilAvailable,
  untilPayment,
  untilPlan,
  type Subscribed,
} from "../kit/suite/situations.ts";

describe("a trial", () => {
  it("gives no credits for its invoice of nothing, and the plan's with the first one that is paid", async () => {
    const { user, sessionId, subscriptionId, invoiceId } = await beginTrial({ card: true });
    expect(await user.functionProvider.run("verifyPayment", sessionId)).toMatchObject({
      success: true,
      status: "succeeded",
      amount: 0,
      creditsAmount: 0,
      credits: "none",
      paymentId: `stripe_${invoiceId}`,
    });
    const { subscription } = await readAccount(user.uid);
    expect(subscription?.["plan"].trialEnd).toEqual(subscription?.["plan"].currentPeriodEnd);
    await advanceDays(8);
    await untilPlan(user, { subscriptionId, status: "active" });
    await untilAvailable(user, 500);
    expect((await readAccount(user.uid)).entries).toMatchObject([{ type: "grant", delta: 500 }]);
    expect(await readPayment(await readLatestInvoice(subscriptionId))).toMatchObject({ amount: 1_900 });
    expect(await readPayment(invoiceId)).toMatchObject({ status: "succeeded", amount: 0, creditsAmount: 0 });
  });

  it("that is cancelled before its end never costs and never gives anything", async () => {
    const { user } = await beginTrial({ card: true });
    const cancelled = await user.functionProvider.run("cancelSubscription", {});
    expect(cancelled).toMatchObject({ status: "trialing", cancelAtPeriodEnd: true });
    await advanceDays(8);
    await untilPlan(user, { status: "canceled" });
    expect((await readAccount(user.uid)).entries).toEqual([]);
  });

  it("that ends without a card pauses the plan until somebody gives one", async () => {
    const { user, subscriptionId, invoiceId } = await beginTrial({ card: false });
    await advanceDays(8);
    await untilPlan(user, { status: "paused" });
    await advanceDays(31);
    await control.setCard(subscriptionId, CARDS.good);
    expect(await readLatestInvoice(subscriptionId)).toBe(invoiceId);
    expect((await readAccount(user.uid)).entries).toEqual([]);
    await stripe.subscriptions.resume(subscriptionId);
    await untilPlan(user, { status: "active" });
    await untilAvailable(user, 500);
    await passPeriod(subscriptionId);
    await untilAvailable(user, 1_000);
  });
});

describe("a plan whose collection is paused", () => {
  it("gives nothing for the invoices that are voided meanwhile, and goes on when it is resumed", async () => {
    const { user, subscriptionId } = await subscribe();
    await stripe.subscriptions.update(subscriptionId, { pause_collection: { behavior: "void" } });
    await passPeriod(subscriptionId);
    const skipped = await readLatestInvoice(subscriptionId);
    await untilPayment(skipped, { status: "canceled", paidAt: null });
    await untilPlan(user, { status: "active" });
    await untilAvailable(user, 500);
    await stripe.subscriptions.update(subscriptionId, { pause_collection: "" });
    await passPeriod(subscriptionId);
    await untilAvailable(user, 1_000);
    expect(await readPayment(skipped)).toMatchObject({ status: "canceled" });
    expect((await readAccount(user.uid)).entries).toHaveLength(2);
  });
});

async function beginTrial(options: { card: boolean }): Promise<Subscribed> {
  const subscribed = await payPlan(await openTrial(options));
  await untilPlan(subscribed.user, { subscriptionId: subscribed.subscriptionId, status: "trialing" });
  await untilPayment(subscribed.invoiceId, { status: "succeeded", amount: 0 });
  return subscribed;
}

async function readLatestInvoice(subscriptionId: string): Promise<string> {
  return toId((await stripe.subscriptions.retrieve(subscriptionId)).latest_invoice);
}
