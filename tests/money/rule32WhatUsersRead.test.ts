import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { thaw } from "../../functions/src/admin/thaw.ts";
import { grantCredits } from "../../functions/src/credits/credits.ts";
import { sweepExpired } from "../../functions/src/credits/sweep.ts";
import { refundPayment } from "../../functions/src/refunds/refundPayment.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/**
 * Rule 32: users do not read what is not for them: that a fraud warning is out, who granted and why. Early fraud warnings
 * come before disputes, for whoever runs the shop: https://docs.stripe.com/disputes/measuring#early-fraud-warnings
 */
describe("rule 32: what is not for the user", () => {
  let shop: MoneyShop;
  let pack: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    pack = await shop.sellOnce({ credits: 100, unitAmount: 500 });
  });

  afterAll(async () => await shop.close());

  /** A purchase, and its payment intent. */
  async function buy(userId: string): Promise<string> {
    const sessionId = await shop.buyOnce(userId, pack);
    await shop.settle();
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(sessionId);
    if (typeof intent !== "string") throw new Error("Expected a payment intent");
    return intent;
  }

  /** All that the rules let a user read, as text. `tests/rules` asks the rules themselves. */
  async function readOwn(userId: string): Promise<string> {
    const { db } = shop.history;
    const account = db.collection("subscriptions").doc(userId);
    const owned = ["payments", "payment_sessions", "plans"].map((name) =>
      db.collection(name).where("userId", "==", userId).get(),
    );
    const parts = ["grants", "entries", "holds"].map((name) => account.collection(name).get());
    const found = await Promise.all([...owned, ...parts]);
    const documents = [await account.get(), ...found.flatMap(({ docs }) => docs)];
    return JSON.stringify(documents.map((snapshot) => [snapshot.id, snapshot.data()]));
  }

  async function readHidden(intent: string) {
    return await shop.readDocument(`payments/stripe_${intent}/private/facts`);
  }

  const untold = /warning|fraud|issfr_|thaw|frozenSince|root|"dp_|du_/i;

  it("a fraud warning is told nowhere in what a user reads, from its start to its end", async () => {
    const intent = await buy("warned");
    await shop.history.control.warnOfFraud(intent);
    expect(await shop.readCredits("warned")).toMatchObject({ given: 100, available: 0 });
    const frozen = await readOwn("warned");
    expect(frozen).not.toMatch(untold);
    expect(await readHidden(intent)).toMatchObject({ frozen: true, frozenSince: expect.anything() });
    const wanted = { paymentId: `stripe_${intent}`, actor: "root", reason: "No fraud: a regular" };
    await thaw(shop.history.context, wanted);
    expect(await shop.readCredits("warned")).toMatchObject({ given: 100, available: 100 });
    expect(await readOwn("warned")).not.toMatch(untold);
    expect(await readHidden(intent)).toMatchObject({ frozen: false, frozenSince: null });
  });

  it("a warning looks like any question of a bank", async () => {
    const [warned, asked] = [await buy("alike"), await buy("alike too")];
    await shop.history.control.warnOfFraud(warned);
    await shop.history.control.dispute(asked, { inquiry: true });
    await shop.settle();
    const read = async (intent: string) => {
      const payment = (await shop.readDocument(`payments/stripe_${intent}`)) ?? {};
      return { status: payment["status"], fields: Object.keys(payment).toSorted(), facts: payment["facts"] };
    };
    const [one, other] = [await read(warned), await read(asked)];
    expect(one).toMatchObject({ status: "disputed", facts: { disputes: {} } });
    expect({ ...other, facts: undefined }).toEqual({ ...one, facts: undefined });
    expect(other.facts).toMatchObject({ disputes: {}, refunds: {} });
  });

  it("is kept through refunds, a dispute and the end of the warning, in any order", async () => {
    for (const newestFirst of [false, true]) {
      const userId = `kept ${newestFirst}`;
      const intent = await buy(userId);
      await shop.history.control.warnOfFraud(intent);
      await shop.history.control.refund(intent, { amount: 200 });
      const { id } = await shop.history.control.dispute(intent);
      await shop.history.control.closeDispute(id, "won");
      await shop.settle({ newestFirst });
      // A dispute ends the warning: its charge is not actionable any more.
      expect(await shop.readDocument(`payments/stripe_${intent}`)).toMatchObject({
        status: "partially_refunded",
        amountRefunded: 200,
      });
      await shop.pass(31);
      await sweepExpired({ ...shop.history.context, fraudFreezeDays: 30 });
      expect(await shop.readCredits(userId)).toMatchObject({ given: 60, available: 60 });
      expect(await readOwn(userId)).not.toMatch(untold);
      expect(Object.keys(Object((await readHidden(intent))?.["disputes"]))).toHaveLength(2);
    }
  });

  it("is written for no purchase of which no bank says anything, nor for its refund", async () => {
    const intent = await buy("ordinary");
    await refundPayment(shop.history.context, {
      paymentId: `stripe_${intent}`,
      amount: 100,
      requestId: "r1",
    });
    await shop.settle();
    expect(await readHidden(intent)).toBeUndefined();
    const { docs } = await shop.history.db.collection("subscriptions/ordinary/entries").get();
    const below = await Promise.all(docs.map(async ({ ref }) => await ref.listCollections()));
    expect(below.flat()).toEqual([]);
  });

  it("who gave credits and why is told nowhere in what a user reads; the note is", async () => {
    const gift = { userId: "given", amount: 20, key: "k1", grantedBy: "root" };
    const [reason, note] = ["Threatened us with a lawyer", "With our apologies"];
    const given = await grantCredits(shop.history.context, { ...gift, reason, note });
    expect(given).toMatchObject({ outcome: "granted", repeated: false });
    const read = await readOwn("given");
    expect(read).toContain(note);
    expect(read).not.toMatch(/lawyer|root|inputHash/);
    const path = "subscriptions/given/entries/admin_k1_1/private/cause";
    expect(await shop.readDocument(path)).toMatchObject({ reason, grantedBy: "root" });
    expect(await grantCredits(shop.history.context, { ...gift, reason, note })).toMatchObject({
      repeated: true,
    });
    const other = { ...gift, reason: "Another one", note };
    expect(await grantCredits(shop.history.context, other)).toEqual({ outcome: "conflict" });
  });

  it("why the app takes credits is said to the user: its functions say it for them", async () => {
    await buy("spender");
    await shop.spend("spender", 10);
    expect(await readOwn("spender")).toContain("A story");
  });
});
