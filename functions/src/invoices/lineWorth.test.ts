import { describe, expect, it } from "vitest";
import { buildLine, buildLinePrice, day } from "../../../tests/kit/invoiceLines.ts";
import type { InvoiceLine } from "../adapters/paymentAdapter.ts";
import { toKnownLine, toLineWorths, type KnownLine, type LinePrice } from "./lineWorth.ts";

const prices: Record<string, LinePrice> = {
  price_small: buildLinePrice({ credits: 500, unitAmount: 1_900 }),
  price_large: buildLinePrice({ credits: 1_000, unitAmount: 3_800 }),
  price_free: buildLinePrice({ credits: 50, unitAmount: 0 }),
};

/** The full line of the small plan's period, days 0 to 30, as an earlier invoice had it. */
const paidSmall = toKnown(buildLine({ lineId: "il_small" }), 500);
const paidLarge = toKnown(buildLine({ lineId: "il_large", priceId: "price_large", amount: 3_800 }), 1_000);

function toKnown(line: InvoiceLine, credits: number): KnownLine {
  return toKnownLine({ line, credits, share: 1, isFree: false });
}

function toCredits(lines: readonly InvoiceLine[], known: Record<string, KnownLine> = {}): number[] {
  const worths = toLineWorths(lines, {
    readPrice: ({ priceId }) => prices[priceId],
    readCredited: ({ credited }) => (credited?.lineIds ?? []).flatMap((lineId) => known[lineId] ?? []),
  });
  return worths.map(({ credits }) => Math.round(credits * 1_000) / 1_000);
}

const halfway = { start: day(15), end: day(30) };
const creditOfSmall = buildLine({
  kind: "credit",
  amount: -950,
  period: halfway,
  credited: { invoiceId: "in_1", lineIds: ["il_small"] },
});
const debitOfLarge = buildLine({ kind: "debit", priceId: "price_large", amount: 1_900, period: halfway });

describe("toLineWorths", () => {
  describe("of a whole period", () => {
    it.each<[string, Partial<InvoiceLine>, number]>([
      ["is what its units are worth", { quantity: 3, amount: 5_700 }, 1_500],
      ["does not depend on the currency that is paid", { amount: 25_000 }, 500],
      ["does not depend on a discount", { discount: 950, isDiscounted: true }, 500],
      ["is nothing in a trial", { amount: 0 }, 0],
      ["is nothing in a trial with a coupon", { amount: 0, isDiscounted: true }, 0],
      ["of a free price is that of one unit", { priceId: "price_free", amount: 0, quantity: 999 }, 50],
      [
        "without a charge is that of one unit",
        { quantity: 5, amount: 9_500, discount: 9_500, isDiscounted: true },
        500,
      ],
      ["of something that gives no credits is nothing", { priceId: "price_support" }, 0],
    ])("%s", (_name, line, expected) => {
      expect(toCredits([buildLine(line)])).toEqual([expected]);
    });
  });

  describe("of a change", () => {
    it("adds up to the difference of what is left of the period", () => {
      expect(toCredits([creditOfSmall, debitOfLarge], { il_small: paidSmall })).toEqual([-250, 500]);
    });

    it("is negative for a smaller plan", () => {
      const credit = { ...creditOfSmall, priceId: "price_large", amount: -1_900 };
      const debit = { ...debitOfLarge, priceId: "price_small", amount: 950 };
      expect(toCredits([credit, debit], { il_small: paidLarge })).toEqual([-500, 250]);
    });

    it("takes back what the credited lines were worth, whatever their price is worth now", () => {
      expect(toCredits([creditOfSmall], { il_small: { ...paidSmall, credits: 400 } })).toEqual([-200]);
    });

    it("takes back twice as much if twice the money is given back", () => {
      expect(toCredits([{ ...creditOfSmall, amount: -3_800 }], { il_small: paidSmall })).toEqual([-1_000]);
    });

    it("takes nothing back of a line that gave nothing", () => {
      expect(
        toCredits([{ ...creditOfSmall, amount: 0 }], { il_small: { ...paidSmall, credits: 0 } }),
      ).toEqual([0]);
    });
  });

  describe("of a change whose money is hidden by a discount", () => {
    const net = { isDiscounted: true, discount: 0 };
    const discounted = { il_small: { ...paidSmall, isDiscounted: true } };

    it("goes by time if half is taken off", () => {
      const lines = [
        { ...creditOfSmall, ...net, amount: -475 },
        { ...debitOfLarge, ...net, amount: 950 },
      ];
      expect(toCredits(lines, discounted)).toEqual([-250, 500]);
    });

    it("goes by time if all is taken off, and asks for no money", () => {
      const lines = [
        { ...creditOfSmall, ...net, amount: 0 },
        { ...debitOfLarge, ...net, amount: 0 },
      ];
      const worths = toLineWorths(lines, {
        readPrice: ({ priceId }) => prices[priceId],
        readCredited: ({ credited }) => (credited ? [discounted.il_small] : []),
      });
      expect(worths.map(({ credits, isFree }) => [credits, isFree])).toEqual([
        [-250, false],
        [500, true],
      ]);
    });

    it("goes by the money if the discount is itemized", () => {
      const debit = { ...debitOfLarge, isDiscounted: true, discount: 950 };
      expect(toCredits([creditOfSmall, debit], discounted)).toEqual([-250, 500]);
    });
  });

  describe("of a change that credits what is not known", () => {
    it("finds the line of the same invoice that was pending", () => {
      const lines = [
        creditOfSmall,
        { ...debitOfLarge, lineId: "il_debit" },
        {
          ...debitOfLarge,
          kind: "credit" as const,
          amount: -633,
          period: { start: day(25), end: day(30) },
          credited: undefined,
        },
        { ...debitOfLarge, priceId: "price_small", amount: 317, period: { start: day(25), end: day(30) } },
      ];
      const [taken, given, takenAgain, givenAgain] = toCredits(lines, { il_small: paidSmall });
      expect([taken, given]).toEqual([-250, 500]);
      expect(takenAgain).toBeCloseTo(-166.579, 3);
      expect(givenAgain).toBeCloseTo(83.421, 3);
    });

    it("gives back the pending line, not the one that the same change bills", () => {
      const half = { isDiscounted: true, period: halfway, credited: undefined };
      const end = { ...half, period: { start: day(25), end: day(30) } };
      const lines = [
        buildLine({ ...half, kind: "credit", amount: -475, credited: creditOfSmall.credited }),
        buildLine({ ...half, kind: "debit", amount: 475 }),
        buildLine({ ...end, kind: "credit", amount: -158 }),
        buildLine({ ...end, kind: "debit", amount: 475, quantity: 3 }),
      ];
      const [, given, takenAgain, givenAgain] = toCredits(lines, { il_small: paidSmall });
      expect([given, takenAgain, givenAgain]).toEqual([250, -83.333, 250]);
    });

    it("says which free line of the same invoice is given back", () => {
      const free = { priceId: "price_free", amount: 1_900, discount: 1_900, isDiscounted: true };
      const lines = [
        buildLine({ ...free, lineId: "il_free", kind: "debit", period: halfway }),
        buildLine({ ...free, kind: "credit", amount: -1_900, discount: -1_900, period: halfway }),
      ];
      const worths = toLineWorths(lines, {
        readPrice: ({ priceId }) => prices[priceId],
        readCredited: () => [],
      });
      expect(worths.map(({ givesBack }) => givesBack)).toEqual([undefined, "il_free"]);
    });

    it("knows the time of what a line bills beside a price without credits", () => {
      const end = { start: day(25), end: day(30) };
      const credit = buildLine({ kind: "credit", priceId: "price_support", amount: -317, period: end });
      const debit = buildLine({ kind: "debit", priceId: "price_free", amount: 0, period: end });
      expect(toCredits([credit, debit])).toEqual([0, 8.065]);
    });

    it("goes by the price's amount", () => {
      expect(toCredits([{ ...creditOfSmall, credited: undefined }])).toEqual([-250]);
    });

    it("goes by the calendar if the amount says nothing", () => {
      const line = { ...creditOfSmall, credited: undefined, isDiscounted: true, amount: -475 };
      expect(toCredits([line])[0]).toBeCloseTo(-241.935, 3);
    });

    it("takes nothing of something free", () => {
      const line = { ...creditOfSmall, credited: undefined, priceId: "price_free", amount: 0 };
      expect(toCredits([line])).toEqual([0]);
    });
  });

  it("gives units by the money of the invoice's currency only", () => {
    const debit = { ...debitOfLarge, priceId: "price_other", amount: 25_000 };
    prices["price_other"] = buildLinePrice({ credits: 1_000, unitAmount: undefined });
    expect(toCredits([creditOfSmall, debit], { il_small: paidSmall })).toEqual([-250, 500]);
  });
});
