import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";

function balances({ availableCredits, debt, totalCredits }: ReturnType<Ledger["requireSubscription"]>) {
  return { availableCredits, debt, totalCredits };
}

describe("book", () => {
  it("opens subscription and grant with a first payment's credits", async () => {
    const ledger = new Ledger();
    const entry = await ledger.book("stripe_pi_1", { credits: 100, expiresAt: at(5_000), startDate: at(10) });
    const stamps = { createdAt: at(1_000), updatedAt: at(1_000) };
    expect(entry).toEqual({
      userId: "user_1",
      seq: 1,
      type: "grant",
      delta: 100,
      balanceAfter: 100,
      grantId: "stripe_pi_1",
      cause: { paymentId: "stripe_pi_1" },
      ...stamps,
    });
    expect(ledger.subscription).toEqual({
      userId: "user_1",
      status: "active",
      startDate: at(10),
      endDate: at(5_000),
      totalCredits: 100,
      creditsUsed: 0,
      availableCredits: 100,
      debt: 0,
      frozen: 0,
      held: 0,
      seq: 1,
      ...stamps,
    });
    expect(ledger.requireGrant("stripe_pi_1")).toEqual({
      userId: "user_1",
      grantId: "stripe_pi_1",
      paymentId: "stripe_pi_1",
      amount: 100,
      used: 0,
      repaid: 0,
      expired: 0,
      remaining: 100,
      revoked: 0,
      startDate: at(10),
      expiresAt: at(5_000),
      spendableUntil: at(5_000),
      status: "active",
      entryCount: 1,
      ...stamps,
    });
  });

  it("books nothing for a payment that entitles to nothing yet", async () => {
    const ledger = new Ledger();
    expect(await ledger.bookAll("stripe_pi_1", { credits: 0 })).toEqual({ outcome: "unchanged" });
    expect(ledger.writes).toBe(0);
  });

  it("answers with the balance, of which not all may be there to spend", async () => {
    const ledger = new Ledger();
    const booked = await ledger.bookAll("stripe_pi_1");
    expect(booked).toEqual({
      outcome: "booked",
      delta: 100,
      balanceAfter: 100,
      seq: 1,
      availableCredits: 100,
    });
    await ledger.hold(30);
    await ledger.book("stripe_pi_2", { credits: 50, frozen: true });
    const less = { delta: -20, balanceAfter: 130, seq: 3, availableCredits: 50 };
    expect(await ledger.bookAll("stripe_pi_1", { credits: 80, revoked: 20 })).toEqual({
      outcome: "booked",
      ...less,
    });
    await ledger.spend(50);
    const owing = { delta: -80, balanceAfter: 0, seq: 5, availableCredits: 0 };
    expect(await ledger.bookAll("stripe_pi_1", { credits: 0, revoked: 100 })).toEqual({
      outcome: "booked",
      ...owing,
    });
    expect(ledger.subscription).toMatchObject({ frozen: 50, held: 30, debt: 80 });
  });

  it("freezes and thaws what remains without an entry", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1");
    await ledger.spend(40);
    const frozen = await ledger.bookAll("stripe_pi_1", { frozen: true });
    expect(frozen).toEqual({
      outcome: "booked",
      delta: 0,
      balanceAfter: 60,
      seq: 2,
      availableCredits: 0,
    });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({ status: "frozen", entryCount: 1 });
    await ledger.book("stripe_pi_1");
    expect(ledger.subscription).toMatchObject({ availableCredits: 60, frozen: 0, seq: 2 });
  });

  it("keeps a payment that went back before it was booked, without an entry", async () => {
    const [late, prompt] = [new Ledger(), new Ledger()];
    await late.book("stripe_pi_1", { credits: 0, revoked: 100, startDate: at(10) });
    await prompt.book("stripe_pi_1", { startDate: at(10) });
    await prompt.book("stripe_pi_1", { credits: 0, revoked: 100, startDate: at(10) });
    const { seq: _seq, ...subscription } = prompt.requireSubscription();
    expect(late.subscription).toEqual({ ...subscription, seq: 0 });
    expect(late.requireGrant("stripe_pi_1")).toMatchObject({ amount: 0, revoked: 100, status: "revoked" });
    expect(late.audit()).toMatchObject({ outcome: "agrees" });
  });

  it("books only the difference when the entitlement changes", async () => {
    const ledger = new Ledger();
    const booked: (number | undefined)[] = [];
    for (const credits of [100, 100, 70, 70, 0, 0, 100])
      booked.push((await ledger.book("stripe_pi_1", { credits, revoked: 100 - credits }))?.delta);
    expect(booked).toEqual([100, undefined, -30, undefined, -70, undefined, 100]);
    expect([...ledger.entries.keys()]).toEqual([1, 2, 3, 4].map((number) => `stripe_pi_1_${number}`));
    expect([...ledger.entries.values()].map(({ type }) => type)).toEqual([
      "grant",
      "revoke",
      "revoke",
      "grant",
    ]);
    expect(ledger.writes).toBe(4);
  });

  it("makes debt of what was spent and is then revoked", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1");
    await ledger.spend(60);
    const entry = await ledger.book("stripe_pi_1", { credits: 0, revoked: 100 });
    expect(entry).toMatchObject({ type: "revoke", delta: -100, balanceAfter: -60 });
    expect(ledger.subscription).toMatchObject({
      availableCredits: 0,
      debt: 60,
      totalCredits: 0,
      creditsUsed: 60,
      status: "inactive",
    });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({
      amount: 0,
      used: 60,
      remaining: 0,
      revoked: 100,
      status: "revoked",
    });
  });

  it("takes what is left of a grant before it makes debt", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1");
    await ledger.spend(60);
    await ledger.book("stripe_pi_1", { credits: 70, revoked: 30 });
    expect(balances(ledger.requireSubscription())).toEqual({
      availableCredits: 10,
      debt: 0,
      totalCredits: 70,
    });
    await ledger.book("stripe_pi_1", { credits: 50, revoked: 50 });
    expect(balances(ledger.requireSubscription())).toEqual({
      availableCredits: 0,
      debt: 10,
      totalCredits: 50,
    });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({ amount: 50, remaining: 0, status: "used" });
  });

  it.each([
    ["less than the debt", 40, { availableCredits: 0, debt: 20 }, { remaining: 0, status: "used" }],
    ["just the debt", 60, { availableCredits: 0, debt: 0 }, { remaining: 0, status: "used" }],
    ["more than the debt", 100, { availableCredits: 40, debt: 0 }, { remaining: 40, status: "active" }],
  ])("repays debt first with a grant of %s", async (_name, credits, subscription, grant) => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1");
    await ledger.spend(60);
    await ledger.book("stripe_pi_1", { credits: 0, revoked: 100 });
    const entry = await ledger.book("stripe_pi_2", { credits });
    expect(entry).toMatchObject({ delta: credits, balanceAfter: credits - 60 });
    expect(ledger.subscription).toMatchObject(subscription);
    expect(ledger.requireGrant("stripe_pi_2")).toMatchObject({ amount: credits, ...grant });
  });

  it("undoes a revocation when the refund fails", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1");
    await ledger.spend(60);
    const before = [balances(ledger.requireSubscription()), ledger.requireGrant("stripe_pi_1").remaining];
    await ledger.book("stripe_pi_1", { credits: 0, revoked: 100 });
    await ledger.book("stripe_pi_1");
    const after = [balances(ledger.requireSubscription()), ledger.requireGrant("stripe_pi_1").remaining];
    expect(after).toEqual(before);
  });

  it("asks no query for a new grant, also one that repays debt", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1");
    await ledger.spend(60);
    await ledger.book("stripe_pi_1", { credits: 0, revoked: 100 });
    ledger.queries = 0;
    await ledger.book("stripe_pi_2", { credits: 50 });
    await ledger.book("stripe_pi_3", { credits: 50 });
    expect(ledger.subscription).toMatchObject({ availableCredits: 40, debt: 0 });
    expect(ledger.queries).toBe(0);
  });

  it("ends with the last entitlement of each payment, whatever came before", async () => {
    const paymentIds = fc.constantFrom("stripe_pi_1", "stripe_pi_2", "stripe_pi_3");
    const anyStep = fc.tuple(paymentIds, fc.integer({ min: 0, max: 50 }));
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 12 }), async (steps) => {
        const ledger = new Ledger();
        for (const [paymentId, credits] of steps) await ledger.book(paymentId, { credits });
        const total = [...new Map(steps).values()].reduce((sum, credits) => sum + credits, 0);
        expect(ledger.subscription ? balances(ledger.subscription) : undefined).toEqual(
          steps.some(([, credits]) => credits > 0)
            ? { availableCredits: total, debt: 0, totalCredits: total }
            : undefined,
        );
      }),
    );
  });
});
