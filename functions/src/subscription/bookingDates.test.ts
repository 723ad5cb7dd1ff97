import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliveriesOf } from "../../test/arbitraries.ts";
import { at } from "../../test/builders.ts";
import { Ledger } from "../../test/ledger.ts";

describe("the subscription's dates", () => {
  const days = fc.integer({ min: 1, max: 5 });
  const anyPayment = fc.record({
    credits: fc.integer({ min: 1, max: 9 }),
    startDate: days.map((day) => at(day)),
    expiresAt: fc.option(days.map((day) => at(day * 1_000))),
  });
  const anyPayments = fc.uniqueArray(fc.tuple(fc.nat(4), anyPayment), {
    selector: ([number]) => number,
    minLength: 1,
    maxLength: 4,
  });

  it("are the first start and the last end, whatever is reordered or repeated", () => {
    fc.assert(
      fc.property(
        anyPayments.chain((payments) => deliveriesOf(fc.constantFrom(...payments), { maxLength: 8 })),
        ({ list, first, second }) => {
          const ledger = new Ledger();
          for (const [number, payment] of [...first, ...second]) ledger.book(`stripe_pi_${number}`, payment);
          const payments = list.map(([, payment]) => payment);
          const starts = payments.map(({ startDate }) => startDate.getTime());
          const ends = payments.map(({ expiresAt }) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
          const { startDate, endDate } = ledger.subscription ?? {};
          expect(startDate?.getTime() ?? Number.POSITIVE_INFINITY).toBe(Math.min(...starts));
          const end = endDate === null ? Number.POSITIVE_INFINITY : endDate?.getTime();
          expect(end ?? Number.NEGATIVE_INFINITY).toBe(Math.max(...ends));
        },
      ),
    );
  });

  it("follow a payment whose date becomes known later, without an entry", () => {
    const ledger = new Ledger();
    ledger.book("stripe_pi_1", { credits: 10, startDate: at(2), expiresAt: at(32) });
    ledger.book("stripe_pi_1", { credits: 10, startDate: at(9), expiresAt: at(39) });
    expect(ledger.subscription).toMatchObject({ startDate: at(2), endDate: at(39), seq: 1 });
    expect(ledger.requireGrant("stripe_pi_1").expiresAt).toEqual(at(39));
    expect(ledger.entries.size).toBe(1);
  });
});
