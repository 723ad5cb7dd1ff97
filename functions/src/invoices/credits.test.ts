import { describe, expect, it } from "vitest";
import { buildLine, day } from "../../../tests/kit/invoiceLines.ts";
import type { InvoiceLine, LineKind } from "../adapters/paymentAdapter.ts";
import { withCredits } from "./credits.ts";

const later = { start: day(10), end: day(30) };
const zero = { kind: "debit", amount: 0, period: later } as const;

function toKinds(...lines: Partial<InvoiceLine>[]): LineKind[] {
  return withCredits(lines.map((line, index) => buildLine({ lineId: `il_${index}`, ...line }))).map(
    ({ kind }) => kind,
  );
}

describe("withCredits", () => {
  it.each<[string, Partial<InvoiceLine>[], LineKind[]]>([
    ["a pair of the same item and time gives back first", [zero, zero], ["credit", "debit"]],
    [
      "two changes in one second are two pairs",
      [zero, zero, zero, zero],
      ["credit", "debit", "credit", "debit"],
    ],
    [
      "a debit that asks for money has its credit before it",
      [zero, { ...zero, amount: 500 }],
      ["credit", "debit"],
    ],
    ["a line by itself bills an item that was added", [zero], ["debit"]],
    ["pairs are of one item", [zero, { ...zero, itemId: "si_2" }], ["debit", "debit"]],
    [
      "a line by itself gives back what is pending",
      [{ ...zero, amount: 1_900, period: { start: day(5), end: day(30) } }, zero],
      ["debit", "credit"],
    ],
    [
      "a line by itself gives back what another period takes the place of",
      [zero, { period: { start: day(10), end: day(375) } }],
      ["credit", "full"],
    ],
    [
      "so it does if the other period comes first",
      [{ period: { start: day(10), end: day(375) } }, zero],
      ["full", "credit"],
    ],
    [
      "a line by itself bills what the renewal after it goes on with",
      [zero, { period: { start: day(30), end: day(60) } }],
      ["debit", "full"],
    ],
    [
      "a line by itself bills what was only given back before",
      [{ ...zero, kind: "credit", amount: -500, period: { start: day(5), end: day(30) } }, zero],
      ["credit", "debit"],
    ],
    [
      "an item that is not named stays as it is",
      [
        { ...zero, itemId: undefined },
        { ...zero, itemId: undefined },
      ],
      ["debit", "debit"],
    ],
  ])("%s", (_name, lines, expected) => {
    expect(toKinds(...lines)).toEqual(expected);
  });
});
