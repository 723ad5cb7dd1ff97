import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";
import { entrySchema, grantSchema, holdSchema, subscriptionSchema } from "../documents.ts";

type Step = (ledger: Ledger) => Promise<unknown>;

const credits = fc.integer({ min: 1, max: 60 });
const keys = fc.constantFrom("key_1", "key_2", "key_3", "key_4");
const ends = fc.option(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 3 })));

const anyBooking = fc
  .record({
    paymentId: fc.constantFrom("stripe_pi_1", "stripe_pi_2", "stripe_pi_3"),
    given: fc.constantFrom(0, 20, 50, 100),
    frozen: fc.boolean(),
    start: fc.integer({ min: 0, max: 3 }),
    end: ends,
  })
  .map(({ paymentId, given, frozen, start, end }): Step => {
    const expiresAt = end === null ? null : at(end);
    const booking = { credits: given, revoked: 100 - given, frozen, expiresAt, startDate: at(start) };
    return (ledger) => ledger.bookAll(paymentId, booking);
  });
const anyGift = fc.record({ amount: credits, key: keys }).map(
  ({ amount, key }): Step =>
    (ledger) =>
      ledger.give(amount, { key }),
);
const anySpending = fc.record({ amount: credits, key: keys }).map(
  ({ amount, key }): Step =>
    (ledger) =>
      ledger.spend(amount, { key }),
);
const anyHold = fc
  .record({ amount: credits, key: keys, expiresInSeconds: fc.integer({ min: 1, max: 100 }) })
  .map(
    ({ amount, ...hold }): Step =>
      (ledger) =>
        ledger.hold(amount, hold),
  );
const anyCapture = fc.record({ amount: credits, key: keys }).map(
  ({ amount, key }): Step =>
    (ledger) =>
      ledger.capture(amount, key),
);
const anyRelease = keys.map(
  (key): Step =>
    (ledger) =>
      ledger.release(key),
);
const anySweep = fc.constant<Step>((ledger) => ledger.expire());
const anyWait = fc.integer({ min: 1, max: 80 }).map((seconds): Step => async (ledger) => {
  ledger.now = new Date(ledger.now.getTime() + seconds * 1_000);
});

const anyStep = fc.oneof(
  { arbitrary: anyBooking, weight: 4 },
  { arbitrary: anySpending, weight: 2 },
  { arbitrary: anyHold, weight: 2 },
  anyGift,
  anyCapture,
  anyRelease,
  anySweep,
  anyWait,
);
const anyHistory = fc.array(anyStep, { maxLength: 25 });

describe("an account", () => {
  it("agrees with its ledger after every step of any history", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (steps) => {
        const ledger = new Ledger(at(0));
        for (const step of steps) {
          await step(ledger);
          expect(ledger.audit()).toMatchObject({ outcome: "agrees" });
        }
      }),
      { numRuns: 500 },
    );
  });

  it("stays as it is when a step is repeated", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, anyStep, async (steps, repeated) => {
        const ledger = new Ledger(at(0));
        for (const step of steps) await step(ledger);
        await repeated(ledger);
        const { writes } = ledger;
        await repeated(ledger);
        expect(ledger.writes).toBe(writes);
      }),
      { numRuns: 300 },
    );
  });

  it("has credits to spend only where nothing is owed, and none once all have ended", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (steps) => {
        const ledger = new Ledger(at(0));
        for (const step of steps) await step(ledger);
        ledger.now = at(1_000_000);
        await ledger.expire();
        const left = [...ledger.grants.values()].filter(({ remaining }) => remaining > 0);
        const { availableCredits = 0, debt = 0, held = 0 } = ledger.subscription ?? {};
        expect(Math.min(availableCredits, debt)).toBe(0);
        expect(held).toBe(0);
        expect(left.filter(({ expiresAt, status }) => expiresAt && status !== "frozen")).toEqual([]);
      }),
    );
  });

  it("has one entry for each number, none of which changes", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (steps) => {
        const ledger = new Ledger(at(0));
        for (const step of steps) {
          const before = [...ledger.entries.values()];
          await step(ledger);
          const after = [...ledger.entries.values()];
          expect(after.slice(0, before.length)).toEqual(before);
          expect(after.map(({ seq }) => seq)).toEqual(after.map((_, index) => index + 1));
        }
      }),
    );
  });

  it("is written as its schemas read it back", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (steps) => {
        const ledger = new Ledger(at(0));
        for (const step of steps) await step(ledger);
        expect(subscriptionSchema.optional().parse(ledger.subscription)).toEqual(ledger.subscription);
        for (const grant of ledger.grants.values()) expect(grantSchema.parse(grant)).toEqual(grant);
        for (const hold of ledger.holds.values()) expect(holdSchema.parse(hold)).toEqual(hold);
        for (const entry of ledger.entries.values()) expect(entrySchema.parse(entry)).toEqual(entry);
      }),
    );
  });
});
