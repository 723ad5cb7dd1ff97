import { describe, expect, it } from "vitest";
import { buildOrder } from "../../../tests/kit/builders.ts";
import { buildInvoice, buildLine, day } from "../../../tests/kit/invoiceLines.ts";
import type {
  InvoiceLine,
  InvoiceNews,
  PriceDetails,
  ProviderFailureKind,
  ProviderResult,
} from "../adapters/paymentAdapter.ts";
import type { ProductPrice } from "../catalogue/documents.ts";
import type { LinePrice } from "./lineWorth.ts";
import { readLinePrices } from "./prices.ts";

const ofProduct = { creditsAmount: 100, subscriptionDays: null };
const ofPrice = { creditsAmount: 500, subscriptionDays: 30 };

function buildPrice(fields: Partial<ProductPrice> = {}): ProductPrice {
  const period = { type: "recurring", interval: "year", intervalCount: 2 } as const;
  return { amount: 1_900, currency: "eur", active: true, ...period, worth: ofPrice, ...fields };
}

function buildDetails(fields: Partial<PriceDetails> = {}): PriceDetails {
  return {
    productId: "prod_small",
    amount: 1_900,
    currency: "eur",
    currencyOptions: { usd: 2_100 },
    interval: "week",
    intervalCount: 4,
    metadata: { creditsAmount: "70" },
    productMetadata: { creditsAmount: "100", subscriptionDays: "28" },
    ...fields,
  };
}

/** What is known of the price of a renewal's line by these sources; `asked`: whether the provider was. */
async function read({
  price,
  details,
  failure = "not_found",
  line = {},
  ...invoice
}: Partial<InvoiceNews> & {
  /** As the catalogue has it. */
  price?: ProductPrice;
  /** As the provider has it. */
  details?: PriceDetails;
  failure?: ProviderFailureKind;
  line?: Partial<InvoiceLine>;
}): Promise<{ price: LinePrice | undefined; asked: string[] }> {
  const asked: string[] = [];
  const fetchPrice = async (priceId: string): Promise<ProviderResult<PriceDetails>> => {
    asked.push(priceId);
    return await Promise.resolve(
      details
        ? { outcome: "ok", value: details }
        : { outcome: "failed", failure: { kind: failure, retryable: false, detail: "" } },
    );
  };
  const prices = await readLinePrices(
    { name: "stripe", fetchPrice },
    buildInvoice({ lines: [buildLine(line)], ...invoice }),
    new Map(price && [["prod_small", { worth: ofProduct, prices: { price_small: price } }]]),
  );
  return { price: prices.get("price_small"), asked };
}

const ordered = buildOrder({ creditsAmount: 1_200, subscriptionDays: 7, quantity: 3 });

describe("readLinePrices of a price in the catalogue", () => {
  it("is what the catalogue says", async () => {
    expect(await read({ price: buildPrice() })).toEqual({
      price: { worth: ofPrice, unitAmount: 1_900, isFree: false, interval: "year", intervalCount: 2 },
      asked: [],
    });
  });

  it("is what the product says if an old document has no worth at its prices, and no count of intervals", async () => {
    const { worth: _worth, intervalCount: _intervalCount, ...old } = buildPrice();
    expect((await read({ price: old })).price).toMatchObject({ worth: ofProduct, intervalCount: 1 });
  });

  it("is free if it costs nothing", async () => {
    const { price } = await read({ price: buildPrice({ amount: 0 }) });
    expect(price).toMatchObject({ isFree: true, unitAmount: 0 });
  });

  it.each([
    ["its own", "eur", 1_900],
    ["another that it has", "usd", 2_100],
    ["one that it does not have", "krw", undefined],
  ])("has the amount of the invoice's currency: %s", async (_name, currency, unitAmount) => {
    const price = buildPrice({ currencyOptions: { usd: 2_100 } });
    expect((await read({ price, currency })).price?.unitAmount).toBe(unitAmount);
  });

  it("has no amount in another currency if it has no others", async () => {
    expect((await read({ price: buildPrice(), currency: "usd" })).price?.unitAmount).toBeUndefined();
  });

  it.each<[string, Parameters<typeof read>[0], object]>([
    [
      "a unit of what the buyer was shown, on the first invoice",
      {},
      { creditsAmount: 400, subscriptionDays: 7 },
    ],
    ["what the catalogue says on a later one", { isFirst: false }, ofPrice],
    ["what the catalogue says if the order was changed", { isOriginalOrder: false }, ofPrice],
    [
      "what the catalogue says if the order is of another price",
      { order: buildOrder({ priceId: "price_large" }) },
      ofPrice,
    ],
  ])("is worth %s", async (_name, fields, worth) => {
    const { price, asked } = await read({ price: buildPrice(), order: ordered, isFirst: true, ...fields });
    expect(price).toEqual({ worth, unitAmount: 1_900, isFree: false, interval: "year", intervalCount: 2 });
    expect(asked).toEqual([]);
  });
});

describe("readLinePrices of a price that is not on sale any more", () => {
  it("is what a unit was sold with, without asking the provider", async () => {
    expect(await read({ order: ordered })).toEqual({
      price: {
        worth: { creditsAmount: 400, subscriptionDays: 7 },
        unitAmount: undefined,
        isFree: false,
        interval: null,
        intervalCount: 1,
      },
      asked: [],
    });
  });

  const change = { kind: "debit", period: { start: day(15), end: day(30) } } as const;

  it.each<[string, InvoiceLine[]]>([
    ["a change", [buildLine(change)]],
    ["a line that asks for nothing", [buildLine({ amount: 0 })]],
    ["a change beside a whole period", [buildLine(change), buildLine({ lineId: "il_2" })]],
  ])("needs the price itself for %s", async (_name, lines) => {
    expect(await read({ order: ordered, lines, details: buildDetails() })).toEqual({
      price: {
        worth: { creditsAmount: 400, subscriptionDays: 7 },
        unitAmount: 1_900,
        isFree: false,
        interval: "week",
        intervalCount: 4,
      },
      asked: ["price_small"],
    });
  });

  it("does not need it for the lines of other prices", async () => {
    const other = buildLine({ ...change, productId: "prod_large", priceId: "price_large" });
    const { asked } = await read({ order: ordered, lines: [buildLine(), other] });
    expect(asked).toEqual(["price_large"]);
  });

  it("is what it was sold with even if the provider has it no more", async () => {
    expect((await read({ order: ordered, line: change })).price).toEqual({
      worth: { creditsAmount: 400, subscriptionDays: 7 },
      unitAmount: undefined,
      isFree: false,
      interval: null,
      intervalCount: 1,
    });
  });
});

describe("readLinePrices of a price that only the provider knows", () => {
  it("is what its metadata says, and its product's", async () => {
    expect(await read({ details: buildDetails(), currency: "usd" })).toEqual({
      price: {
        worth: { creditsAmount: 70, subscriptionDays: 28 },
        unitAmount: 2_100,
        isFree: false,
        interval: "week",
        intervalCount: 4,
      },
      asked: ["price_small"],
    });
  });

  it("is asked for once, however many lines it has", async () => {
    const lines = [buildLine(), buildLine({ lineId: "il_2" })];
    expect((await read({ details: buildDetails(), lines })).asked).toEqual(["price_small"]);
  });

  it("is free if it costs nothing", async () => {
    const { price } = await read({ details: buildDetails({ amount: 0 }) });
    expect(price).toMatchObject({ isFree: true, unitAmount: 0 });
  });

  it("has no amount if it is no fixed one", async () => {
    const { price } = await read({ details: buildDetails({ amount: null }) });
    expect(price).toMatchObject({ isFree: false, unitAmount: undefined });
  });

  it("gives no credits if nothing says so, but has a period", async () => {
    const details = buildDetails({ metadata: {}, productMetadata: {} });
    expect((await read({ details })).price).toEqual({
      worth: { creditsAmount: 0, subscriptionDays: null },
      unitAmount: 1_900,
      isFree: false,
      interval: "week",
      intervalCount: 4,
    });
  });

  it("is nothing if it never existed", async () => {
    expect(await read({})).toEqual({ price: undefined, asked: ["price_small"] });
  });

  it.each<[ProviderFailureKind, string]>([
    ["rate_limited", 'Cannot read price "price_small": the provider is busy, try again later'],
    ["unauthenticated", 'Cannot read price "price_small": payments are not configured'],
  ])("is not nothing if it cannot be read now: %s", async (failure, message) => {
    await expect(read({ failure })).rejects.toThrow(message);
    await expect(read({ failure, order: ordered, line: { amount: 0 } })).rejects.toThrow(message);
  });

  it("is not nothing if its metadata is not valid", async () => {
    const details = buildDetails({ metadata: { creditsAmount: "1,000" } });
    await expect(read({ details })).rejects.toThrow("Cannot tell what a price is worth");
  });

  it("needs a provider that has prices", async () => {
    await expect(readLinePrices({ name: "other" }, buildInvoice(), new Map())).rejects.toThrow(
      'Cannot read price "price_small": not supported',
    );
  });
});
