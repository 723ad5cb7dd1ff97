import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { thaw } from "../../functions/src/admin/thaw.ts";
import { sweepExpired, type Swept } from "../../functions/src/credits/sweep.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/**
 * Rule 17: a bank's warning of fraud freezes a payment for a bounded time, or until an admin thaws it.
 * https://docs.stripe.com/disputes/measuring#early-fraud-warnings (most of them become disputes, and not all)
 */
describe("rule 17: a fraud warning", () => {
  let shop: MoneyShop;
  let pack: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    pack = await shop.sellOnce({ credits: 100, unitAmount: 500 });
  });

  afterAll(async () => await shop.close());

  const sweep = async (fraudFreezeDays = 30): Promise<Swept> =>
    await sweepExpired({ ...shop.history.context, fraudFreezeDays });

  /** A purchase, and its payment intent. */
  async function buy(userId: string, wanted = pack): Promise<string> {
    const sessionId = await shop.buyOnce(userId, wanted);
    await shop.settle();
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(sessionId);
    if (typeof intent !== "string") throw new Error("Expected a payment intent");
    return intent;
  }

  async function buyWarned(userId: string, wanted = pack): Promise<string> {
    const intent = await buy(userId, wanted);
    await shop.history.control.warnOfFraud(intent);
    await expectFrozen(userId);
    return intent;
  }

  async function expectFrozen(userId: string): Promise<void> {
    expect(await shop.readCredits(userId)).toMatchObject({ given: 100, available: 0, debt: 0 });
  }

  async function expectSpendable(userId: string): Promise<void> {
    expect(await shop.readCredits(userId)).toMatchObject({ given: 100, available: 100, debt: 0 });
  }

  async function readPayment(intent: string) {
    return await shop.readDocument(`payments/stripe_${intent}`);
  }

  it("freezes for 30 days, and then no longer, although nobody does anything", async () => {
    const intent = await buyWarned("patient");
    await shop.pass(29.9);
    expect(await sweep()).toMatchObject({ thawed: 0 });
    await expectFrozen("patient");
    await shop.pass(0.1);
    expect(await sweep()).toMatchObject({ thawed: 1 });
    await expectSpendable("patient");
    expect(await readPayment(intent)).toMatchObject({ status: "succeeded" });
    expect(await sweep()).toMatchObject({ thawed: 0 });
  });

  it("freezes as long as the param says, also if it was set afterwards", async () => {
    await buyWarned("short");
    await shop.pass(3);
    expect(await sweep(4)).toMatchObject({ thawed: 0 });
    expect(await sweep(3)).toMatchObject({ thawed: 1 });
    await expectSpendable("short");
    expect(await sweep(60)).toMatchObject({ thawed: 0 });
    await expectSpendable("short");
  });

  it("is ended by an admin, which is kept where the user cannot read it, and may be repeated", async () => {
    const intent = await buyWarned("thawed");
    const paymentId = `stripe_${intent}`;
    const wanted = { paymentId, actor: "root", reason: "A guest of ours for years" };
    const [warning] = (await shop.stripe.radar.earlyFraudWarnings.list({ payment_intent: intent })).data;
    expect(await thaw(shop.history.context, wanted)).toEqual({
      paymentId,
      status: "succeeded",
      thawed: [warning?.id],
    });
    await expectSpendable("thawed");
    const { facts } = (await readPayment(intent)) ?? {};
    expect(JSON.stringify(facts)).not.toContain("root");
    const kept = await shop.readDocument(`payments/${paymentId}/private/facts`);
    expect(kept?.["thaws"]).toEqual({
      [warning?.id ?? ""]: { at: expect.anything(), actor: "root", reason: wanted.reason },
    });
    expect(await thaw(shop.history.context, { ...wanted, reason: "Again" })).toMatchObject({ thawed: [] });
    expect(await shop.readDocument(`payments/${paymentId}/private/facts`)).toEqual(kept);
  });

  it("that comes after a thaw freezes again", async () => {
    const intent = await buyWarned("again");
    await thaw(shop.history.context, { paymentId: `stripe_${intent}`, actor: "root", reason: "A friend" });
    await shop.history.control.warnOfFraud(intent);
    await expectFrozen("again");
    await shop.pass(30);
    await sweep();
    await expectSpendable("again");
  });

  it("that is heard of only after its time freezes until the next sweep", async () => {
    const intent = await buy("late");
    await shop.history.control.warnOfFraud(intent);
    await shop.pass(40);
    await expectFrozen("late");
    expect(await sweep()).toMatchObject({ thawed: 1 });
    await expectSpendable("late");
  });

  it("that becomes a dispute leaves the freezing to it, however long that takes", async () => {
    const intent = await buyWarned("disputed");
    const paymentId = `stripe_${intent}`;
    const { id } = await shop.history.control.dispute(intent);
    await shop.pass(60);
    await expectFrozen("disputed");
    expect(await sweep()).toMatchObject({ thawed: 0 });
    const wanted = { paymentId, actor: "root", reason: "A hope" };
    expect(await thaw(shop.history.context, wanted)).toMatchObject({ status: "disputed", thawed: [] });
    await expectFrozen("disputed");
    await shop.history.control.closeDispute(id, "lost");
    expect((await shop.readCredits("disputed")).given).toBe(0);
  });

  it("that was thawed and becomes a dispute freezes by that", async () => {
    const intent = await buyWarned("unlucky");
    await shop.pass(31);
    await sweep();
    await expectSpendable("unlucky");
    await shop.history.control.dispute(intent);
    await expectFrozen("unlucky");
  });

  it("does not keep credits alive whose own time is over", async () => {
    const month = await shop.sellOnce({
      credits: 100,
      unitAmount: 500,
      metadata: { subscriptionDays: "20" },
    });
    await buyWarned("monthly", month);
    await shop.pass(31);
    await sweep();
    const { available, given } = await shop.readCredits("monthly");
    expect({ available, given }).toEqual({ available: 0, given: 100 });
    const account = shop.history.db.doc("subscriptions/monthly");
    const { docs } = await account.collection("entries").orderBy("seq").get();
    expect(docs.map((entry) => entry.get("type"))).toEqual(["grant", "expire"]);
  });

  it("an inquiry of the bank is none: it freezes until it is closed", async () => {
    const intent = await buy("asked");
    await shop.history.control.dispute(intent, { inquiry: true });
    await shop.pass(60);
    await expectFrozen("asked");
    expect(await sweep()).toMatchObject({ thawed: 0 });
    await expectFrozen("asked");
  });

  it("cannot be thawed if there is none, no such payment or no reason", async () => {
    const intent = await buy("honest");
    const wanted = { paymentId: `stripe_${intent}`, actor: "root", reason: "To be safe" };
    await expect(thaw(shop.history.context, wanted)).rejects.toMatchObject({ code: "failed_precondition" });
    const unknown = { ...wanted, paymentId: "stripe_pi_unknown" };
    await expect(thaw(shop.history.context, unknown)).rejects.toMatchObject({ code: "not_found" });
    const unexplained = { ...wanted, reason: "" };
    await expect(thaw(shop.history.context, unexplained)).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("that cannot be thawed holds up no other", async () => {
    const [broken, fine] = [await buyWarned("broken"), await buyWarned("fine")];
    await shop.history.db.doc(`payments/stripe_${broken}`).update({ metadata: "none" });
    await shop.pass(31);
    await expect(sweep()).rejects.toThrow("Cannot expire or thaw all credits");
    await expectSpendable("fine");
    expect(await readPayment(fine)).toMatchObject({ status: "succeeded" });
    await shop.history.db.doc(`payments/stripe_${broken}`).update({ metadata: {} });
    expect(await sweep()).toMatchObject({ thawed: 1 });
    await expectSpendable("broken");
  });
});
