import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at } from "../../test/builders.ts";
import { Ledger } from "../../test/ledger.ts";
import { entrySchema, grantSchema, subscriptionSchema } from "./types.ts";

type Step = { paymentId: string } & ({ credits: number } | { spend: number });

const paymentIds = fc.constantFrom("stripe_pi_1", "stripe_pi_2", "stripe_pi_3");
const anyBooking = fc.record({ paymentId: paymentIds, credits: fc.integer({ min: 0, max: 50 }) });
const anySpending = fc.record({ paymentId: paymentIds, spend: fc.integer({ min: 1, max: 50 }) });
const anySteps = fc.array(fc.oneof(anyBooking, anyBooking, anySpending), { maxLength: 12 });

function run(steps: readonly Step[]): Ledger {
  const ledger = new Ledger();
  for (const step of steps) {
    if ("spend" in step) ledger.spend(step.paymentId, step.spend);
    else ledger.book(step.paymentId, { credits: step.credits });
  }
  return ledger;
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

function balances({ availableCredits, debt, totalCredits }: ReturnType<Ledger["requireSubscription"]>) {
  return { availableCredits, debt, totalCredits };
}

describe("toBooking", () => {
  it("opens subscription and grant with a first payment's credits", () => {
    const ledger = new Ledger();
    const entry = ledger.book("stripe_pi_1", { credits: 100, expiresAt: at(500), startDate: at(10) });
    const stamps = { createdAt: at(1_000), updatedAt: at(1_000) };
    expect(entry).toEqual({
      userId: "user_1",
      seq: 1,
      type: "grant",
      delta: 100,
      balanceAfter: 100,
      cause: { paymentId: "stripe_pi_1" },
      ...stamps,
    });
    expect(ledger.subscription).toEqual({
      userId: "user_1",
      status: "active",
      startDate: at(10),
      endDate: at(500),
      totalCredits: 100,
      creditsUsed: 0,
      availableCredits: 100,
      debt: 0,
      frozen: 0,
      seq: 1,
      ...stamps,
    });
    expect(ledger.requireGrant("stripe_pi_1")).toEqual({
      userId: "user_1",
      paymentId: "stripe_pi_1",
      amount: 100,
      remaining: 100,
      revoked: 0,
      expiresAt: at(500),
      status: "active",
      entryCount: 1,
      ...stamps,
    });
  });

  it("books nothing for a payment that entitles to nothing yet", () => {
    const ledger = new Ledger();
    expect(ledger.book("stripe_pi_1", { credits: 0 })).toBeUndefined();
    expect(ledger.subscription).toBeUndefined();
  });

  it("books only the difference when the entitlement changes", () => {
    const ledger = new Ledger();
    const booked = [100, 100, 70, 70, 0, 0, 100].map(
      (credits) => ledger.book("stripe_pi_1", { credits })?.delta,
    );
    expect(booked).toEqual([100, undefined, -30, undefined, -70, undefined, 100]);
    expect([...ledger.entries.keys()]).toEqual([1, 2, 3, 4].map((number) => `stripe_pi_1_${number}`));
    expect([...ledger.entries.values()].map(({ type }) => type)).toEqual([
      "grant",
      "revoke",
      "revoke",
      "grant",
    ]);
  });

  it("makes debt of what was spent and is then revoked", () => {
    const ledger = new Ledger();
    ledger.book("stripe_pi_1", { credits: 100 });
    ledger.spend("stripe_pi_1", 60);
    const entry = ledger.book("stripe_pi_1", { credits: 0, revoked: 100 });
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
      remaining: 0,
      revoked: 100,
      status: "revoked",
    });
  });

  it("takes what is left of a grant before it makes debt", () => {
    const ledger = new Ledger();
    ledger.book("stripe_pi_1", { credits: 100 });
    ledger.spend("stripe_pi_1", 60);
    ledger.book("stripe_pi_1", { credits: 70 });
    expect(balances(ledger.requireSubscription())).toEqual({
      availableCredits: 10,
      debt: 0,
      totalCredits: 70,
    });
    ledger.book("stripe_pi_1", { credits: 50 });
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
  ])("repays debt first with a grant of %s", (_name, credits, subscription, grant) => {
    const ledger = new Ledger();
    ledger.book("stripe_pi_1", { credits: 100 });
    ledger.spend("stripe_pi_1", 60);
    ledger.book("stripe_pi_1", { credits: 0 });
    const entry = ledger.book("stripe_pi_2", { credits });
    expect(entry).toMatchObject({ delta: credits, balanceAfter: credits - 60 });
    expect(ledger.subscription).toMatchObject(subscription);
    expect(ledger.requireGrant("stripe_pi_2")).toMatchObject({ amount: credits, ...grant });
  });

  it("undoes a revocation when the refund fails", () => {
    const ledger = new Ledger();
    ledger.book("stripe_pi_1", { credits: 100 });
    ledger.spend("stripe_pi_1", 60);
    const before = [balances(ledger.requireSubscription()), ledger.requireGrant("stripe_pi_1").remaining];
    ledger.book("stripe_pi_1", { credits: 0 });
    ledger.book("stripe_pi_1", { credits: 100 });
    const after = [balances(ledger.requireSubscription()), ledger.requireGrant("stripe_pi_1").remaining];
    expect(after).toEqual(before);
  });

  it("keeps the ledger's sum equal to the balance and its numbers without a gap", () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const ledger = run(steps);
        const entries = [...ledger.entries.values()];
        const { availableCredits = 0, debt = 0, creditsUsed = 0, seq = 0 } = ledger.subscription ?? {};
        expect(sum(entries.map(({ delta }) => delta)) - creditsUsed).toBe(availableCredits - debt);
        expect(entries.map((entry) => entry.seq)).toEqual(
          Array.from({ length: seq }, (_, index) => index + 1),
        );
      }),
    );
  });

  it("carries each entry's delta on to the next balance", () => {
    fc.assert(
      fc.property(fc.array(anyBooking, { maxLength: 12 }), (steps) => {
        let balance = 0;
        for (const { delta, balanceAfter } of run(steps).entries.values()) {
          balance += delta;
          expect(balanceAfter).toBe(balance);
        }
      }),
    );
  });

  it("keeps the subscription equal to its grants", () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const { subscription, grants } = run(steps);
        const { availableCredits = 0, totalCredits = 0 } = subscription ?? {};
        const held = [...grants.values()];
        expect(availableCredits).toBe(sum(held.map(({ remaining }) => remaining)));
        expect(totalCredits).toBe(sum(held.map(({ amount }) => amount)));
        for (const { amount, remaining } of held) expect(remaining).toBeLessThanOrEqual(amount);
      }),
    );
  });

  it("writes only what its schemas read back", () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const { subscription, grants, entries } = run(steps);
        expect(subscriptionSchema.optional().parse(subscription)).toEqual(subscription);
        for (const grant of grants.values()) expect(grantSchema.parse(grant)).toEqual(grant);
        for (const entry of entries.values()) expect(entrySchema.parse(entry)).toEqual(entry);
      }),
    );
  });

  it("books nothing for what is booked already", () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const ledger = run(steps);
        for (const { paymentId, amount } of ledger.grants.values()) {
          expect(ledger.book(paymentId, { credits: amount })).toBeUndefined();
        }
      }),
    );
  });

  it("ends with the last entitlement of each payment, whatever came before", () => {
    fc.assert(
      fc.property(fc.array(anyBooking, { maxLength: 12 }), (steps) => {
        const last = new Map(steps.map(({ paymentId, credits }) => [paymentId, credits]));
        const { subscription } = run(steps);
        const expected = { availableCredits: sum(last.values()), debt: 0, totalCredits: sum(last.values()) };
        expect(subscription ? balances(subscription) : undefined).toEqual(
          steps.some(({ credits }) => credits > 0) ? expected : undefined,
        );
      }),
    );
  });
});
