import { FieldValue } from "@google-cloud/firestore";
import { describe, expect, it } from "vitest";
import { compareBooks, readMoment } from "../kit/books/books.ts";
import { noMoney } from "../kit/books/providerBooks.ts";
import { control, db, stripe } from "../kit/suite/harness.ts";
import { buy, subscribe, untilAvailable, untilPayment, type Bought } from "../kit/suite/situations.ts";

describe("compareBooks", () => {
  it("finds nothing after a purchase, and sums it up in its currency", async () => {
    const since = await readMoment();
    const { paymentIntentId } = await buy();
    await stripe.refunds.create({ payment_intent: paymentIntentId, amount: 150 });
    await untilPayment(paymentIntentId, { status: "partially_refunded" });
    const usd = { ...noMoney, payments: 1, received: 500, refunded: 150 };
    expect(await compareBooks(since)).toMatchObject({ theirs: { usd }, ours: { usd } });
  });

  it.each([
    ["a payment that is not here", "paymentId", "we have undefined", deletePayment],
    ["a payment the provider does not have", "stripe_pi_forged", "the provider has undefined", forgePayment],
    [
      "another amount",
      "paymentId",
      '"received":499',
      ({ paymentId }: Bought) => changePayment(paymentId, 499),
    ],
    ["a refund nobody told us of", "paymentId", '"refunded":200', refundUnheard],
    ["a lost dispute nobody told us of", "paymentId", '"chargedBack":500', loseDisputeUnheard],
    ["a grant that is not its payment's", "paymentId", "gave 101 credits", changeGrant],
    ["something taken that its payment does not take", "paymentId", "0 revoked, 5 taken", changeTaken],
    ["a grant of no payment", "stripe_pi_none", "there is no such payment", forgeGrant],
    ["a ledger entry that was changed", "userId", '"field":"balance"', changeEntry],
  ])("names %s", async (_, named, sentence, tamper) => {
    const since = await readMoment();
    const bought = await buy();
    const repair = await tamper(bought);
    const { differences } = await compareBooks(since);
    await repair();
    const name = named === "userId" ? bought.user.uid : named === "paymentId" ? bought.paymentId : named;
    const found = differences.filter((text) => text.includes(name) && text.includes(sentence));
    expect(found, differences.join("\n")).toHaveLength(1);
  });

  it("knows what credit notes give back", async () => {
    const since = await readMoment();
    const { user, invoiceId } = await subscribe();
    await stripe.creditNotes.create({
      invoice: invoiceId,
      amount: 950,
      credit_amount: 500,
      refund_amount: 450,
    });
    await untilAvailable(user, 250);
    // The second in which this began may have seen other money come in.
    const usd = { refunded: 450, credited: 500 };
    expect(await compareBooks(since)).toMatchObject({ differences: [], theirs: { usd }, ours: { usd } });
  });

  it.each([
    ["too many", 130],
    ["too few", 70],
  ])("goes by the law of money, whatever our own documents agree on: %s credits", async (name, credits) => {
    const since = await readMoment();
    const { user, paymentId } = await buy();
    const ref = db.collection("payments").doc(paymentId);
    await ref.update({ creditsAmount: credits });
    await untilAvailable(user, credits);
    const [sinceThen, inAll] = [await compareBooks(since), await compareBooks()];
    await ref.update({ creditsAmount: 100 });
    await untilAvailable(user, 100);
    const breach = `${user.uid} got ${name} credits: ${credits}, where the law says 100 (1 lines)`;
    expect([sinceThen.differences, inAll.differences]).toEqual([[breach], [breach]]);
  });

  it("asks only for what is new since the last check, and for everything without one", async () => {
    const bought = await buy();
    const repair = await changeEntry(bought);
    const [sinceThen, inAll] = [await compareBooks(await readMoment()), await compareBooks()];
    await repair();
    expect(sinceThen.differences).toEqual([]);
    expect(inAll.differences).toMatchObject([expect.stringContaining(bought.user.uid)]);
  });
});

type Repair = () => Promise<unknown>;

async function deletePayment({ paymentId }: Bought): Promise<Repair> {
  const ref = db.collection("payments").doc(paymentId);
  const data = (await ref.get()).data() ?? {};
  await ref.delete();
  return () => ref.set(data);
}

/** Not paid, so that no trigger books it. */
async function forgePayment({ paymentId }: Bought): Promise<Repair> {
  const payments = db.collection("payments");
  const data = (await payments.doc(paymentId).get()).data() ?? {};
  const ref = payments.doc("stripe_pi_forged");
  await ref.set({ ...data, status: "pending", paidAt: null });
  return () => ref.delete();
}

async function changePayment(paymentId: string, amount: number): Promise<Repair> {
  await db.collection("payments").doc(paymentId).update({ amount });
  return () => changePayment(paymentId, 500);
}

async function refundUnheard({ sessionId, paymentIntentId }: Bought): Promise<Repair> {
  await control.setWebhookMode("drop", { sessionId });
  await stripe.refunds.create({ payment_intent: paymentIntentId, amount: 200 });
  return async () => {};
}

async function loseDisputeUnheard({ sessionId, paymentIntentId }: Bought): Promise<Repair> {
  await control.setWebhookMode("drop", { sessionId });
  await control.closeDispute((await control.dispute(paymentIntentId)).id, "lost");
  return async () => {};
}

async function changeGrant({ user, paymentId }: Bought): Promise<Repair> {
  const ref = grantsOf(user.uid).doc(paymentId);
  await ref.update({ amount: 101 });
  return () => ref.update({ amount: 100 });
}

async function changeTaken({ user, paymentId }: Bought): Promise<Repair> {
  const ref = grantsOf(user.uid).doc(paymentId);
  await ref.update({ taken: 5 });
  return () => ref.update({ taken: FieldValue.delete() });
}

async function forgeGrant({ user, paymentId }: Bought): Promise<Repair> {
  const grants = grantsOf(user.uid);
  const data = (await grants.doc(paymentId).get()).data() ?? {};
  const ref = grants.doc("stripe_pi_none");
  await ref.set({ ...data, grantId: "stripe_pi_none", paymentId: "stripe_pi_none" });
  return () => ref.delete();
}

async function changeEntry({ user, paymentId }: Bought): Promise<Repair> {
  const ref = db.collection("subscriptions").doc(user.uid).collection("entries").doc(`${paymentId}_1`);
  await ref.update({ delta: 99 });
  return () => ref.update({ delta: 100 });
}

function grantsOf(userId: string) {
  return db.collection("subscriptions").doc(userId).collection("grants");
}
