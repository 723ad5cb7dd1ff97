import { describe, expect, it } from "vitest";
import { buildLine, buildLinePrice } from "../../../tests/kit/invoiceLines.ts";
import type { LineWorth } from "./lineWorth.ts";
import { toInvoiceWorth, toPaidLines } from "./worth.ts";

const monthly = {
  ...buildLinePrice({ credits: 500, unitAmount: 1_900 }),
  worth: { creditsAmount: 500, subscriptionDays: 30 },
};
const worthless = buildLinePrice({ credits: 0, unitAmount: 1_900 });
const sources = {
  readPrice: ({ priceId }: { priceId: string }) =>
    ({ price_small: monthly, price_worthless: worthless })[priceId],
  readCredited: () => [],
};
const otherwise = { productId: "prod_order", subscriptionDays: 7 };

function buildWorth(credits: number, fields: Partial<LineWorth> = {}): LineWorth {
  return { line: buildLine(), credits, share: 1, isFree: false, ...fields };
}

describe("toInvoiceWorth", () => {
  it("is about the last line that asks for money", () => {
    const lines = [
      buildLine({ productId: "prod_old", amount: -950, kind: "credit" }),
      buildLine({ productId: "prod_new" }),
    ];
    expect(toInvoiceWorth({ lines }, sources, otherwise)).toMatchObject({
      productId: "prod_new",
      subscriptionDays: 30,
    });
  });

  it.each<[string, number[], string]>([
    ["the last line that asks for money", [1_900, 3_800], "prod_1"],
    ["one before a credit", [1_900, -950], "prod_0"],
    ["one before a line that asks for none", [1_900, 0], "prod_0"],
    ["the last line if none asks for money", [0, -950], "prod_1"],
    ["the last of those that ask for none", [-950, 0, 0], "prod_2"],
  ])("is about %s: %j", (_name, amounts, productId) => {
    const lines = amounts.map((amount, index) => buildLine({ amount, productId: `prod_${index}` }));
    expect(toInvoiceWorth({ lines }, sources, otherwise).productId).toBe(productId);
  });

  it("lasts as long as the order says if its line's price gives no credits", () => {
    const lines = [buildLine({ priceId: "price_support" })];
    expect(toInvoiceWorth({ lines }, sources, otherwise).subscriptionDays).toBe(7);
  });

  it("is about the order if there are no lines", () => {
    expect(toInvoiceWorth({ lines: [] }, sources, otherwise)).toEqual({
      ...otherwise,
      lines: [],
      freeLines: [],
    });
  });

  it("lists the lines that ask for no money and are worth something", () => {
    const free = buildLine({ lineId: "il_free", discount: 1_900, isDiscounted: true });
    const lines = [
      buildLine(),
      free,
      { ...free, lineId: "il_support", priceId: "price_support" },
      { ...free, lineId: "il_worthless", priceId: "price_worthless" },
    ];
    const { freeLines } = toInvoiceWorth({ lines }, sources, otherwise);
    expect(freeLines.map(({ line }) => line.lineId)).toEqual(["il_free"]);
  });
});

describe("toPaidLines", () => {
  it.each<[string, number[], { creditsAmount: number; creditsTaken?: number }]>([
    ["gives the sum of the lines", [-250, 500], { creditsAmount: 250 }],
    ["takes what is less than nothing", [-500, 250], { creditsAmount: 0, creditsTaken: 250 }],
    ["gives the whole part", [333.9], { creditsAmount: 333 }],
    ["takes the part that is left as a whole credit", [-333.2], { creditsAmount: 0, creditsTaken: 334 }],
    ["knows that fractions are not exact", [0.1, 0.2, 0.7 - 1e-12], { creditsAmount: 1 }],
    ["gives and takes nothing if there is nothing", [], { creditsAmount: 0 }],
  ])("%s", (_name, credits, expected) => {
    const { lines: _lines, ...paid } = toPaidLines(
      { lines: credits.map((own) => buildWorth(own)) },
      new Set(),
    );
    expect(paid).toEqual(expected);
  });

  it("counts a line without a charge only if it is given", () => {
    const lines = [buildWorth(50, { line: buildLine({ lineId: "il_free" }), isFree: true })];
    expect(toPaidLines({ lines }, new Set(["il_free"])).creditsAmount).toBe(50);
    expect(toPaidLines({ lines }, new Set())).toMatchObject({
      creditsAmount: 0,
      lines: { il_free: { credits: 0 } },
    });
  });

  it("takes back something free of the same invoice only if it is given", () => {
    const lines = [
      buildWorth(50, { line: buildLine({ lineId: "il_free" }), isFree: true }),
      buildWorth(-40, { givesBack: "il_free" }),
    ];
    expect(toPaidLines({ lines }, new Set(["il_free"])).creditsAmount).toBe(10);
    expect(toPaidLines({ lines }, new Set())).toMatchObject({
      creditsAmount: 0,
      lines: { il_1: { credits: 0 } },
    });
    expect(toPaidLines({ lines }, new Set())).not.toHaveProperty("creditsTaken");
  });

  it("keeps each line with what it was worth", () => {
    const { period } = buildLine();
    expect(toPaidLines({ lines: [buildWorth(333.9, { share: 0.5 })] }, new Set()).lines).toEqual({
      il_1: {
        priceId: "price_small",
        amount: 1_900,
        isDiscounted: false,
        credits: 333.9,
        share: 0.5,
        periodStart: period.start,
        periodEnd: period.end,
      },
    });
  });
});
