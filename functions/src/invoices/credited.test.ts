import { describe, expect, it } from "vitest";
import { buildInvoice, buildLine, day } from "../../../tests/kit/invoiceLines.ts";
import type { InvoiceLine, ProviderFailureKind } from "../adapters/paymentAdapter.ts";
import type { PaymentLine } from "../contract/documents.ts";
import { fetchCredited, readCreditedLines, toCreditedInvoiceIds } from "./credited.ts";

function buildCredit(invoiceId: string, ...lineIds: string[]): InvoiceLine {
  return buildLine({ kind: "credit", amount: -950, credited: { invoiceId, lineIds } });
}

function buildPaid(credits: number): PaymentLine {
  const times = { periodStart: day(0), periodEnd: day(30) };
  return { priceId: "price_small", amount: 1_900, isDiscounted: false, credits, share: 1, ...times };
}

describe("toCreditedInvoiceIds", () => {
  it("names each invoice once, without the one that credits", () => {
    const lines = [
      buildCredit("in_1", "il_1"),
      buildLine(),
      buildCredit("in_2", "il_2"),
      buildCredit("in_1", "il_3"),
      buildCredit("in_own", "il_4"),
    ];
    expect(toCreditedInvoiceIds({ key: "in_own", lines })).toEqual(["in_1", "in_2"]);
  });
});

/** The credits of the lines that are found, and the invoices that had to be read elsewhere. */
async function read(
  lines: InvoiceLine[],
  payments: Record<string, { lines?: Record<string, PaymentLine> }>,
  others: Record<string, Record<string, PaymentLine>> = {},
) {
  const asked: string[] = [];
  const known = { provider: "stripe", payments: new Map(Object.entries(payments)) };
  const found = await readCreditedLines({ key: "in_own", lines }, known, async (invoiceId) => {
    asked.push(invoiceId);
    return await Promise.resolve(new Map(Object.entries(others[invoiceId] ?? {})));
  });
  return { asked, credits: Object.fromEntries([...found].map(([id, line]) => [id, line.credits])) };
}

describe("readCreditedLines", () => {
  it("takes the lines of our payments", async () => {
    const payments = {
      stripe_in_1: { lines: { il_1: buildPaid(500), il_2: buildPaid(7) } },
      stripe_in_2: { lines: { il_3: buildPaid(1_000) } },
    };
    const lines = [
      buildCredit("in_1", "il_1"),
      buildLine(),
      buildCredit("in_1", "il_2"),
      buildCredit("in_2", "il_3"),
    ];
    expect(await read(lines, payments)).toEqual({
      asked: [],
      credits: { il_1: 500, il_2: 7, il_3: 1_000 },
    });
  });

  it.each<[string, Record<string, { lines?: Record<string, PaymentLine> }>]>([
    ["has no payment", {}],
    ["has a payment without lines", { stripe_in_1: {} }],
    ["lacks one of the lines", { stripe_in_1: { lines: { il_1: buildPaid(1) } } }],
    ["has a payment of another provider", { other_in_1: { lines: { il_1: buildPaid(1) } } }],
  ])("reads all lines of an invoice elsewhere of which Gateway %s", async (_name, payments) => {
    const others = { in_1: { il_1: buildPaid(500), il_2: buildPaid(7) } };
    expect(await read([buildCredit("in_1", "il_1", "il_2")], payments, others)).toEqual({
      asked: ["in_1"],
      credits: { il_1: 500, il_2: 7 },
    });
  });

  it("does not look for the lines of one invoice in another", async () => {
    const payments = {
      stripe_in_1: { lines: { il_1: buildPaid(500) } },
      stripe_in_2: { lines: { il_2: buildPaid(7) } },
    };
    const { asked } = await read([buildCredit("in_1", "il_1"), buildCredit("in_2", "il_2")], payments);
    expect(asked).toEqual([]);
  });

  it("takes no inherited name for a line", async () => {
    const payments = { stripe_in_1: { lines: { il_1: buildPaid(500) } } };
    expect((await read([buildCredit("in_1", "constructor")], payments)).asked).toEqual(["in_1"]);
  });

  it("asks for nothing if nothing is credited", async () => {
    expect(await read([buildLine()], {})).toEqual({ asked: [], credits: {} });
  });
});

function buildFailing(kind: ProviderFailureKind) {
  const failed = { outcome: "failed", failure: { kind, retryable: false, detail: "" } } as const;
  return { name: "stripe", fetchInvoice: async () => await Promise.resolve(failed) };
}

describe("fetchCredited", () => {
  it("is the provider's invoice", async () => {
    const asked: string[] = [];
    const invoice = buildInvoice({ key: "in_1" });
    const fetchInvoice = async (invoiceId: string) => {
      asked.push(invoiceId);
      return await Promise.resolve({ outcome: "ok" as const, value: invoice });
    };
    expect(await fetchCredited({ name: "stripe", fetchInvoice }, "in_1")).toBe(invoice);
    expect(asked).toEqual(["in_1"]);
  });

  it("is nothing if it is none of ours", async () => {
    expect(await fetchCredited(buildFailing("not_found"), "in_1")).toBeUndefined();
  });

  it.each<[ProviderFailureKind, string]>([
    ["rate_limited", 'Cannot read invoice "in_1": the provider is busy, try again later'],
    ["unauthenticated", 'Cannot read invoice "in_1": payments are not configured'],
  ])("is not nothing if it cannot be read now: %s", async (kind, message) => {
    await expect(fetchCredited(buildFailing(kind), "in_1")).rejects.toThrow(message);
  });

  it("needs a provider that has invoices", async () => {
    await expect(fetchCredited({ name: "other" }, "in_1")).rejects.toThrow(
      'Cannot read invoice "in_1": not supported',
    );
  });
});
