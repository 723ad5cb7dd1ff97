import { describe, expect, it } from "vitest";
import { buildLine, buildLinePrice, day } from "../../../tests/kit/invoiceLines.ts";
import type { InvoiceLine } from "../adapters/paymentAdapter.ts";
import { toKnownLine, toLineWorths, type KnownLine, type LinePrice } from "./lineWorth.ts";

const prices: Record<string, LinePrice> = {
  price_small: buildLinePrice({ credits: 500, unitAmount: 1_900 }),
  price_large: buildLinePrice({ credits: 1_000, unitAmount: 3_800 }),
  price_free: buildLinePrice({ credits: 50, unitAmount: 0 }),
  /** Has no amount in the invoice's currency. */
  price_other: buildLinePrice({ credits: 1_000, unitAmount: undefined }),
  price_once: { ...buildLinePrice({ credits: 500, unitAmount: 1_900 }), interval: null },
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

  it.each<[string, Partial<InvoiceLine>]>([
    ["something that gives no credits", { priceId: "price_support", amount: 0 }],
    ["a trial", { amount: 0 }],
  ])("is not free for %s, since nothing is given", (_name, line) => {
    const sources = { readPrice: () => prices[buildLine(line).priceId], readCredited: () => [] };
    expect(toLineWorths([buildLine(line)], sources)).toMatchObject([{ credits: 0, isFree: false }]);
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
      expect(toCredits([creditOfSmall, { ...debit, amount: 3_800 }], discounted)).toEqual([-250, 1_000]);
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
    expect(toCredits([creditOfSmall, debit], { il_small: paidSmall })).toEqual([-250, 500]);
  });

  describe("of a credit of several lines", () => {
    const both = { ...creditOfSmall, credited: { invoiceId: "in_1", lineIds: ["il_small", "il_more"] } };
    const more = toKnown(buildLine({ priceId: "price_large", amount: 3_800 }), 1_000);

    it("is a part of all of them", () => {
      expect(toCredits([{ ...both, amount: -2_850 }], { il_small: paidSmall, il_more: more })).toEqual([
        -750,
      ]);
    });

    it("goes by time if the money of one is hidden by a discount", () => {
      const known = { il_small: paidSmall, il_more: { ...more, isDiscounted: true } };
      expect(toCredits([{ ...both, amount: -100 }], known)).toEqual([-750]);
    });

    it("goes by the longest time and the largest share", () => {
      const known = {
        il_small: { ...paidSmall, isDiscounted: true, share: 0.25, periodStart: day(15) },
        il_more: { ...more, share: 0.5 },
      };
      const debit = { ...debitOfLarge, priceId: "price_other" };
      expect(toCredits([both, debit], known)).toEqual([-750, 250]);
    });
  });

  describe("of a credit whose money says nothing", () => {
    it.each<[string, Partial<InvoiceLine>, Partial<KnownLine>, number]>([
      ["goes by time if it gives back nothing", { amount: 0 }, {}, -250],
      ["goes by time if what it credits cost nothing", {}, { amount: 0 }, -250],
      ["goes by time if what it credits was a credit", {}, { amount: -1_900 }, -250],
      ["is at most all", { amount: 0, period: { start: day(0), end: day(90) } }, {}, -500],
      ["is all of what took no time", { amount: 0 }, { periodStart: day(30) }, -500],
      [
        "is all of what took no time if it takes none",
        { amount: 0, period: { start: day(30), end: day(30) } },
        { periodStart: day(30) },
        -500,
      ],
    ])("%s", (_name, line, known, expected) => {
      const credited = { il_small: { ...paidSmall, ...known } };
      expect(toCredits([{ ...creditOfSmall, ...line }], credited)).toEqual([expected]);
    });
  });

  describe("of a credit that names nothing", () => {
    const end = { start: day(25), end: day(30) };
    const pending = buildLine({ kind: "debit", priceId: "price_large", amount: 1_900, period: halfway });
    /** Worth 161.29 by the calendar, and a third of the pending line by time. */
    const credit = buildLine({ kind: "credit", priceId: "price_large", isDiscounted: true, period: end });
    const byCalendar = -161.29;
    const byPending = -166.667;

    it.each<[string, Partial<InvoiceLine>, Partial<InvoiceLine>, number]>([
      ["a line of its item", {}, {}, byPending],
      ["a line of its item at another price", { priceId: "price_small", amount: 950 }, {}, -83.333],
      [
        "a line of its price if neither names an item",
        { itemId: undefined },
        { itemId: undefined },
        byPending,
      ],
      ["a line of its price if it names no item", {}, { itemId: undefined }, byPending],
      ["a line of its price that names no item", { itemId: undefined }, {}, byPending],
      [
        "no line of another price that names no item",
        { itemId: undefined, priceId: "price_small" },
        {},
        byCalendar,
      ],
      [
        "no line of another price if it names no item",
        { priceId: "price_small" },
        { itemId: undefined },
        byCalendar,
      ],
      ["no line of another item at its price", { itemId: "si_2" }, {}, byCalendar],
      ["no line that ends later", { period: { start: day(15), end: day(31) } }, {}, byCalendar],
      ["no line that ends earlier", { period: { start: day(15), end: day(29) } }, {}, byCalendar],
      ["no line that begins later", { period: { start: day(26), end: day(30) } }, {}, byCalendar],
      ["a line of the same second before it", { period: end, amount: 633 }, {}, -166.579],
      ["no whole period", { kind: "full" }, {}, byCalendar],
    ])("gives back %s", (_name, before, own, expected) => {
      expect(
        toCredits([
          { ...pending, ...before },
          { ...credit, ...own },
        ])[1],
      ).toBe(expected);
    });

    it.each<[string, Partial<InvoiceLine>, number]>([
      ["a line after it that began earlier", {}, byPending],
      ["no line after it of the same second, which its own change bills", { period: end }, byCalendar],
    ])("gives back %s", (_name, after, expected) => {
      expect(toCredits([credit, { ...pending, ...after }])[0]).toBe(expected);
    });

    it("gives back no other credit", () => {
      const other = { ...credit, period: halfway, amount: -1_900, isDiscounted: false };
      expect(toCredits([other, credit])[1]).toBe(byCalendar);
    });

    it("gives back the last of several lines", () => {
      const later = { ...pending, amount: 3_800, period: { start: day(20), end: day(30) } };
      expect(toCredits([pending, later, credit])[2]).toBe(-500);
      expect(toCredits([later, pending, credit])[2]).toBe(-500);
      const again = { ...pending, amount: 3_800 };
      expect(toCredits([pending, again, credit])[2]).toBe(-333.333);
      expect(toCredits([again, pending, credit])[2]).toBe(byPending);
    });

    it("gives back what is named before what is pending", () => {
      const named = { ...credit, credited: creditOfSmall.credited };
      expect(toCredits([pending, named], { il_small: paidSmall })[1]).toBe(-83.333);
    });

    it("gives nothing back in place of a free line if it names what it credits", () => {
      const free = { ...pending, discount: 1_900, isDiscounted: true };
      const [, named] = toLineWorths([free, { ...credit, credited: creditOfSmall.credited }], {
        readPrice: ({ priceId }) => prices[priceId],
        readCredited: ({ credited }) => (credited ? [paidSmall] : []),
      });
      expect(named).not.toHaveProperty("givesBack");
    });

    it("does not name a line that asked for money", () => {
      const [, worth] = toLineWorths([pending, credit], {
        readPrice: ({ priceId }) => prices[priceId],
        readCredited: () => [],
      });
      expect(worth).toMatchObject({ isFree: false });
      expect(worth).not.toHaveProperty("givesBack");
    });

    it("is worth all units of its price", () => {
      expect(toCredits([{ ...credit, quantity: 3 }])).toEqual([-483.871]);
    });

    it("is not minus zero if it is worth nothing", () => {
      const [worth] = toLineWorths([buildLine({ kind: "credit", priceId: "price_support", amount: -317 })], {
        readPrice: () => undefined,
        readCredited: () => [],
      });
      expect(worth?.credits).toBe(0);
    });
  });

  describe("of a debit whose money says nothing", () => {
    const debit = { ...debitOfLarge, priceId: "price_other" };

    it.each<[string, InvoiceLine[], number]>([
      ["has the share of the credit beside it", [creditOfSmall], 500],
      [
        "has no share of a credit that begins at another time",
        [{ ...creditOfSmall, period: { start: day(10), end: day(30) } }],
        483.871,
      ],
      [
        "has no share of a credit that ends at another time",
        [{ ...creditOfSmall, period: { start: day(15), end: day(29) } }],
        483.871,
      ],
      [
        "has no share of another debit",
        [{ ...creditOfSmall, kind: "debit", amount: 950, priceId: "price_once" }],
        483.871,
      ],
      [
        "has the share of a credit beside it that only its price tells",
        [{ ...creditOfSmall, priceId: "price_once", credited: undefined, itemId: "si_2" }],
        1_000,
      ],
      [
        "has the share of the first credit beside it whose time is known",
        [{ ...creditOfSmall, priceId: "price_support", credited: undefined, itemId: "si_2" }, creditOfSmall],
        500,
      ],
      [
        "has the share of a credit of a price without credits that names what it credits",
        [{ ...creditOfSmall, priceId: "price_support" }],
        500,
      ],
    ])("%s", (_name, lines, expected) => {
      expect(toCredits([...lines, debit], { il_small: paidSmall }).at(-1)).toBe(expected);
    });

    it("has the share of a credit that gives back what was pending", () => {
      const end = { start: day(25), end: day(30) };
      const lines = [
        creditOfSmall,
        debit,
        { ...debit, kind: "credit" as const, amount: -190, priceId: "price_support", period: end },
        { ...debit, period: end },
        { ...debit, kind: "credit" as const, amount: -190, period: { start: day(29), end: day(30) } },
        { ...debit, period: { start: day(29), end: day(30) } },
      ];
      const [, ...worths] = toCredits(lines, { il_small: paidSmall });
      expect(worths).toEqual([500, -50, 166.667, -16.667, 33.333]);
    });

    it.each<[string, Partial<LinePrice>, Partial<InvoiceLine>, number]>([
      ["is a part of its month", {}, {}, 483.871],
      ["is a part of its price's period", { intervalCount: 3 }, {}, 163.043],
      ["is a part of its price's week", { interval: "week", intervalCount: 3 }, {}, 714.286],
      ["is at most a whole period", { interval: "week" }, {}, 1_000],
      ["is a whole period if the price has none", { interval: null }, {}, 1_000],
      ["has as many units as the line", {}, { quantity: 2 }, 967.742],
    ])("%s", (_name, price, line, expected) => {
      const [worth] = toLineWorths([{ ...debit, ...line }], {
        readPrice: () => ({ ...buildLinePrice({ credits: 1_000, unitAmount: undefined }), ...price }),
        readCredited: () => [],
      });
      expect(worth?.credits).toBeCloseTo(expected, 3);
    });
  });
});

describe("toKnownLine", () => {
  it("keeps what a later credit needs", () => {
    const line = buildLine({ isDiscounted: true, discount: 100 });
    expect(toKnownLine({ line, credits: 250.5, share: 0.5, isFree: true })).toEqual({
      amount: 1_900,
      isDiscounted: true,
      credits: 250.5,
      share: 0.5,
      periodStart: day(0),
      periodEnd: day(30),
    });
  });
});
