import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliveriesOf } from "../../../../tests/kit/arbitraries.ts";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";

describe("the subscription's dates", () => {
  const days = fc.integer({ min: 1, max: 5 });
  const anyPayment = fc.record({
    credits: fc.integer({ min: 0, max: 2 }),
    startDate: days.map((day) => at(day)),
    expiresAt: fc.option(days.map((day) => at(day * 10_000))),
  });
  const anyPayments = fc.array(fc.tuple(fc.nat(4), anyPayment), { minLength: 1, maxLength: 8 });

  it("are the first start of all grants and the last end of those that count, whatever came before", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyPayments.chain((payments) => deliveriesOf(fc.constantFrom(...payments), { maxLength: 10 })),
        async ({ first, second }) => {
          const ledger = new Ledger();
          const last = new Map<number, (typeof first)[number][1]>();
          for (const [number, payment] of [...first, ...second]) {
            await ledger.book(`stripe_pi_${number}`, { revoked: 2 - payment.credits, ...payment });
            last.set(number, payment);
          }
          if (!ledger.subscription) return;
          const payments = [...last.values()];
          const starts = payments.map(({ startDate }) => startDate?.getTime());
          const ends = payments
            .filter(({ credits }) => credits > 0)
            .map(({ expiresAt }) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
          const { startDate, endDate } = ledger.subscription;
          expect(startDate?.getTime()).toBe(Math.min(...starts));
          const expected = ends.length > 0 ? Math.max(...ends) : Math.min(...starts);
          expect(endDate?.getTime() ?? Number.POSITIVE_INFINITY).toBe(expected);
        },
      ),
    );
  });

  it("follow a payment whose date becomes known later, without an entry", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1", { startDate: at(2), expiresAt: at(3_002) });
    await ledger.book("stripe_pi_1", { startDate: at(9), expiresAt: at(3_009) });
    expect(ledger.subscription).toMatchObject({ startDate: at(9), endDate: at(3_009), seq: 1 });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({
      expiresAt: at(3_009),
      spendableUntil: at(3_009),
    });
    expect(ledger.entries.size).toBe(1);
  });

  it("are not asked for again where a grant keeps its own", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1", { startDate: at(1), expiresAt: at(3_000) });
    await ledger.book("stripe_pi_1", { credits: 70, revoked: 30, startDate: at(1), expiresAt: at(3_000) });
    expect(ledger.queries).toBe(0);
    expect(ledger.subscription).toMatchObject({ startDate: at(1), endDate: at(3_000) });
  });

  it("come back to those of the other grants when one is revoked", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1", { startDate: at(1), expiresAt: at(3_000) });
    await ledger.book("stripe_pi_2", { startDate: at(2), expiresAt: at(4_000) });
    await ledger.book("stripe_pi_3", { startDate: at(3), expiresAt: null });
    const ends = [ledger.requireSubscription().endDate];
    for (const paymentId of ["stripe_pi_3", "stripe_pi_2", "stripe_pi_1"]) {
      const { startDate, expiresAt } = ledger.requireGrant(paymentId);
      await ledger.book(paymentId, { credits: 0, revoked: 100, startDate, expiresAt });
      ends.push(ledger.requireSubscription().endDate);
    }
    expect(ends).toEqual([null, at(4_000), at(3_000), at(1)]);
    expect(ledger.subscription).toMatchObject({ startDate: at(1), status: "inactive" });
  });

  it("know a grant that ends when it begins from one that does not count", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1", { startDate: at(3), expiresAt: at(3) });
    await ledger.book("stripe_pi_2", { credits: 0, revoked: 100, startDate: at(1) });
    expect(ledger.subscription).toMatchObject({ startDate: at(1), endDate: at(3) });
    await ledger.book("stripe_pi_1", { credits: 0, revoked: 100, startDate: at(3), expiresAt: at(3) });
    expect(ledger.subscription).toMatchObject({ startDate: at(1), endDate: at(1) });
    await ledger.book("stripe_pi_3", { credits: 0, revoked: 100, startDate: at(0) });
    expect(ledger.subscription).toMatchObject({ startDate: at(0), endDate: at(0) });
  });
});
