import { describe, expect, it } from "vitest";
import { CARDS } from "../../local/stripe/testing/controlClient.ts";
import { control, signUp, stripe, toId } from "../kit/suite/harness.ts";
import {
  passPeriod,
  readPayment,
  subscribe,
  untilAvailable,
  untilFailed,
  untilPayment,
  type Subscribed,
} from "../kit/suite/situations.ts";

/** A plan's second period, paid by card: 500 credits for 19.00, of which only webhooks have told. */
async function renew(): Promise<Subscribed> {
  const subscribed = await subscribe();
  await passPeriod(subscribed.subscriptionId);
  await untilAvailable(subscribed.user, 1_000);
  const { latest_invoice } = await stripe.subscriptions.retrieve(subscribed.subscriptionId);
  return { ...subscribed, invoiceId: toId(latest_invoice) };
}

/** The amounts that Stripe has refunded of an invoice. */
async function readRefunds(invoiceId: string): Promise<number[]> {
  const { data } = await stripe.invoicePayments.list({ invoice: invoiceId });
  const { data: refunds } = await stripe.refunds.list({
    payment_intent: toId(data[0]?.payment.payment_intent),
  });
  return refunds.map(({ amount }) => amount);
}

describe("refundPayment of a renewal", () => {
  it("refunds a part once for each requestId, although no webhook named what was charged", async () => {
    const [{ user, invoiceId }, admin] = [await renew(), await signUp({ admin: true })];
    const payment = await readPayment(invoiceId);
    expect(payment?.["providerData"]).toMatchObject({ invoiceId });
    expect(payment?.["providerData"]).not.toHaveProperty("paymentIntentId");
    const request = { paymentId: `stripe_${invoiceId}`, amount: 950, requestId: crypto.randomUUID() };
    const refunded = { status: "partially_refunded", amount: 1_900, amountRefunded: 950, currency: "usd" };
    expect(await admin.functionProvider.run("refundPayment", request)).toMatchObject(refunded);
    expect(await admin.functionProvider.run("refundPayment", request)).toMatchObject(refunded);
    await untilAvailable(user, 750);
    expect(await readRefunds(invoiceId)).toEqual([950]);
    await untilPayment(invoiceId, { status: "partially_refunded", amountRefunded: 950 });
  });

  it("refunds all that is left, and leaves the first period alone", async () => {
    const [{ user, invoiceId, sessionId }, admin] = [await renew(), await signUp({ admin: true })];
    const request = { paymentId: `stripe_${invoiceId}`, requestId: crypto.randomUUID() };
    expect(await admin.functionProvider.run("refundPayment", request)).toMatchObject({
      status: "refunded",
      amountRefunded: 1_900,
    });
    await untilAvailable(user, 500);
    const { invoice } = await stripe.checkout.sessions.retrieve(sessionId);
    expect(await readPayment(toId(invoice))).toMatchObject({ status: "succeeded", amountRefunded: 0 });
  });

  it("refuses more than was paid, and what was refunded already", async () => {
    const [{ invoiceId }, { functionProvider }] = [await renew(), await signUp({ admin: true })];
    const refund = async (amount: number) =>
      await functionProvider.run("refundPayment", {
        paymentId: `stripe_${invoiceId}`,
        amount,
        requestId: crypto.randomUUID(),
      });
    await expect(refund(1_901)).rejects.toMatchObject({ code: "failed-precondition" });
    await refund(1_900);
    await expect(refund(1)).rejects.toMatchObject({ code: "failed-precondition" });
    expect(await readRefunds(invoiceId)).toEqual([1_900]);
  });

  it("refuses one that nobody has paid", async () => {
    const [{ subscriptionId }, { functionProvider }] = [await subscribe(), await signUp({ admin: true })];
    await control.setCard(subscriptionId, CARDS.failing);
    await passPeriod(subscriptionId);
    const invoiceId = await untilFailed(subscriptionId);
    const request = { paymentId: `stripe_${invoiceId}`, requestId: crypto.randomUUID() };
    await expect(functionProvider.run("refundPayment", request)).rejects.toMatchObject({
      code: "failed-precondition",
    });
    expect(await readRefunds(invoiceId)).toEqual([]);
  });
});
