import { describe, expect, it } from "vitest";
import {
  captureHold,
  holdCredits,
  readEntries,
  releaseHold,
  spendCredits,
} from "../../functions/src/credits/credits.ts";
import { sweepExpired } from "../../functions/src/credits/sweep.ts";
import { decide, type CreditContext } from "../../functions/src/credits/decide.ts";
import { give } from "../../functions/src/credits/operations/giving.ts";
import { spend as spendOf } from "../../functions/src/credits/operations/spending.ts";
import { db, readAccount, signUp, stripe } from "../kit/suite/harness.ts";
import { buy, untilSubscription } from "../kit/suite/situations.ts";

const context: CreditContext = { db, now: () => new Date() };
const reason = "one picture";

describe("spendCredits", () => {
  it("takes from what ends first, and refuses what is not there, with the balance", async () => {
    const { user } = await buy({ product: { subscriptionDays: "30" } });
    await buy({ user });
    expect(await spendCredits(context, { userId: user.uid, amount: 130, key: "a", reason })).toMatchObject({
      outcome: "spent",
      availableCredits: 70,
      balanceAfter: 70,
    });
    const { grants } = await readAccount(user.uid);
    const left = Object.values(grants).map(({ expiresAt, remaining }) => [expiresAt !== null, remaining]);
    expect(new Set(left.map(String))).toEqual(new Set(["true,0", "false,70"]));
    expect(await spendCredits(context, { userId: user.uid, amount: 71, key: "b", reason })).toEqual({
      outcome: "insufficient_credits",
      availableCredits: 70,
      frozen: 0,
      held: 0,
      debt: 0,
    });
  });

  it("spends once under one key, also when it is asked at once, and refuses the key for something else", async () => {
    const { user } = await buy();
    const spend = async (amount: number) =>
      await spendCredits(context, { userId: user.uid, amount, key: "same", reason });
    const results = await Promise.all([spend(40), spend(40), spend(40)]);
    expect(results.map(({ outcome }) => outcome)).toEqual(["spent", "spent", "spent"]);
    expect(await spend(41)).toEqual({ outcome: "conflict" });
    expect((await readAccount(user.uid)).subscription).toMatchObject({
      availableCredits: 60,
      creditsUsed: 40,
    });
  });

  it("never spends more than there is, 10 at once", async () => {
    const { user } = await buy();
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        spendCredits(context, { userId: user.uid, amount: 15, key: `at-once-${index}`, reason }),
      ),
    );
    expect(results.filter(({ outcome }) => outcome === "spent")).toHaveLength(6);
    const { subscription, entries } = await readAccount(user.uid);
    expect(subscription).toMatchObject({ availableCredits: 10, creditsUsed: 90 });
    expect(entries).toHaveLength(7);
  });

  it("of credits that are refunded then makes debt, which the next purchase repays first", async () => {
    const { user, paymentIntentId } = await buy();
    await spendCredits(context, { userId: user.uid, amount: 80, key: "a", reason });
    await stripe.refunds.create({ payment_intent: paymentIntentId });
    await untilSubscription(user, { availableCredits: 0, debt: 80, totalCredits: 0 });
    await buy({ user });
    await untilSubscription(user, { availableCredits: 20, debt: 0, totalCredits: 100 });
  });

  it("at the same time as a refund ends where either order would", async () => {
    const { user, paymentIntentId } = await buy();
    const [spent] = await Promise.all([
      spendCredits(context, { userId: user.uid, amount: 60, key: "a", reason }),
      stripe.refunds.create({ payment_intent: paymentIntentId }),
    ]);
    const debt = spent.outcome === "spent" ? 60 : 0;
    await untilSubscription(user, { availableCredits: 0, debt, totalCredits: 0 });
  });
});

describe("a hold", () => {
  it("keeps credits aside until what was used of them is captured", async () => {
    const { user } = await buy();
    const hold = { userId: user.uid, key: "job", amount: 50, reason, expiresInSeconds: 60 };
    expect(await holdCredits(context, hold)).toMatchObject({ outcome: "held", availableCredits: 50 });
    expect(await holdCredits(context, hold)).toMatchObject({ outcome: "held", repeated: true });
    expect(await spendCredits(context, { userId: user.uid, amount: 51, key: "a", reason })).toMatchObject({
      outcome: "insufficient_credits",
      held: 50,
    });
    expect(await captureHold(context, { userId: user.uid, key: "job", amount: 51 })).toMatchObject({
      outcome: "exceeds_hold",
    });
    const captures = await Promise.all(
      Array.from({ length: 3 }, () => captureHold(context, { userId: user.uid, key: "job", amount: 20 })),
    );
    expect(captures.map(({ outcome }) => outcome)).toEqual(["captured", "captured", "captured"]);
    expect((await readAccount(user.uid)).subscription).toMatchObject({
      availableCredits: 80,
      held: 0,
      creditsUsed: 20,
    });
  });

  it("that is released or runs out gives them back", async () => {
    const { user } = await buy();
    const hold = { userId: user.uid, amount: 30, reason, expiresInSeconds: 60 };
    await holdCredits(context, { ...hold, key: "one" });
    await holdCredits(context, { ...hold, key: "two" });
    expect(await releaseHold(context, { userId: user.uid, key: "one" })).toMatchObject({
      outcome: "released",
    });
    const later = { db, now: () => new Date(Date.now() + 61_000) };
    expect(await spendCredits(later, { userId: user.uid, amount: 100, key: "all", reason })).toMatchObject({
      outcome: "spent",
    });
    expect(await captureHold(later, { userId: user.uid, key: "two", amount: 1 })).toMatchObject({
      outcome: "ended",
    });
    await readAccount(user.uid);
  });
});

describe("credits that end", () => {
  it("cannot be spent after their end, and are booked once as expired", async () => {
    const { user } = await buy({ product: { subscriptionDays: "30" } });
    const { subscription } = await readAccount(user.uid);
    // Stripe's clock, by which it was paid, may be ahead of ours.
    const later = { db, now: () => new Date(subscription?.["endDate"].toMillis()) };
    expect(await spendCredits(later, { userId: user.uid, amount: 1, key: "a", reason })).toMatchObject({
      outcome: "insufficient_credits",
      availableCredits: 0,
    });
    // Others' warnings stay as they are.
    const sweeping = { ...later, fraudFreezeDays: 36_500 };
    await Promise.all([sweepExpired(sweeping), sweepExpired(sweeping)]);
    const { entries } = await readAccount(user.uid);
    expect(entries.map(({ type, delta }) => [type, delta])).toEqual([
      ["grant", 100],
      ["expire", -100],
    ]);
  });
});

describe("grantCredits", () => {
  it("gives an admin's credits once, and refuses everybody else", async () => {
    const [admin, user] = [await signUp({ admin: true }), await signUp()];
    const grant = { userId: user.uid, amount: 25, key: crypto.randomUUID(), reason: "sorry" };
    const results = await Promise.all([
      admin.functionProvider.run("grantCredits", grant),
      admin.functionProvider.run("grantCredits", grant),
    ]);
    expect(results).toMatchObject([{ balanceAfter: 25 }, { balanceAfter: 25 }]);
    await expect(admin.functionProvider.run("grantCredits", { ...grant, amount: 26 })).rejects.toMatchObject({
      code: "failed-precondition",
    });
    await expect(user.functionProvider.run("grantCredits", grant)).rejects.toMatchObject({
      code: "permission-denied",
    });
    await expect(admin.functionProvider.run("grantCredits", { ...grant, amount: -1 })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect((await readAccount(user.uid)).subscription).toMatchObject({
      availableCredits: 25,
      totalCredits: 25,
    });
  });
});

describe("readEntries", () => {
  it("reads the ledger in pages, newest first", async () => {
    const { user } = await buy();
    for (const key of ["a", "b", "c"])
      await spendCredits(context, { userId: user.uid, amount: 1, key, reason });
    const first = await readEntries(context, { userId: user.uid, limit: 3 });
    expect(first.entries.map(({ seq }) => seq)).toEqual([4, 3, 2]);
    const second = await readEntries(context, { userId: user.uid, limit: 3, before: first.next ?? 0 });
    expect(second).toMatchObject({ entries: [{ seq: 1 }], next: null });
  });
});

describe("decide", () => {
  it("refuses a second account, whatever was decided about the first, and writes neither", async () => {
    const [giver, taker] = await Promise.all([buy(), buy()]);
    const { uid: userId } = taker.user;
    const transferred = decide(context, async (openAccount, now) => {
      const input = { userId: giver.user.uid, amount: 40, key: "out", reason };
      await spendOf(openAccount(giver.user.uid), input, now);
      const gift = { userId, amount: 40, key: "in", reason, grantedBy: giver.user.uid };
      return await give(openAccount(userId), gift, now);
    });
    await expect(transferred).rejects.toThrow("the decision is about");
    for (const { user } of [giver, taker]) {
      const { subscription, entries } = await readAccount(user.uid);
      expect(subscription).toMatchObject({ availableCredits: 100, totalCredits: 100, creditsUsed: 0 });
      expect(entries).toHaveLength(1);
    }
  });
});
