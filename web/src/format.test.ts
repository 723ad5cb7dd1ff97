import { describe, expect, it } from "vitest";
import { formatCredits, formatMoney } from "./format.ts";

describe("formatMoney", () => {
  it.each<[amountMinor: number, currency: string, text: string]>([
    [500, "usd", "$5.00"],
    [123_456, "eur", "€1,234.56"],
    [700, "jpy", "¥700"],
    [12_340, "kwd", "KWD 12.340"],
    [150_000, "rsd", "RSD 1,500.00"],
    [50_000, "isk", "ISK 500"],
    [0, "usd", "$0.00"],
  ])("writes %i %s as %s", (amountMinor, currency, text) => {
    expect(formatMoney(amountMinor, currency, "en-US").replaceAll("\u00a0", " ")).toBe(text);
  });
});

describe("formatCredits", () => {
  it.each([
    [0, "0 credits"],
    [1, "1 credit"],
    [2, "2 credits"],
  ])("counts %i", (count, text) => {
    expect(formatCredits(count)).toBe(text);
  });
});
