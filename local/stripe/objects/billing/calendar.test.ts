import { describe, expect, it } from "vitest";
import { addIntervals, nextPeriodEnd } from "./calendar.ts";

const at = (text: string) => Date.parse(`${text}T10:20:30Z`) / 1000;
const monthly = { interval: "month", interval_count: 1 } as const;

describe("addIntervals", () => {
  it.each([
    ["2026-01-31", 1, "2026-02-28"],
    ["2026-01-31", 2, "2026-03-31"],
    ["2027-12-31", 2, "2028-02-29"],
    ["2026-11-15", 12, "2027-11-15"],
  ])("adds months to %s: %i later it is %s", (from, count, to) => {
    expect(addIntervals(at(from), monthly, count)).toBe(at(to));
  });

  it("adds days, weeks and years", () => {
    const from = at("2028-02-29");
    expect(addIntervals(from, { interval: "day", interval_count: 3 }, 2)).toBe(at("2028-03-06"));
    expect(addIntervals(from, { interval: "week", interval_count: 1 }, 1)).toBe(at("2028-03-07"));
    expect(addIntervals(from, { interval: "year", interval_count: 1 }, 1)).toBe(at("2029-02-28"));
    expect(addIntervals(from, { interval: "year", interval_count: 1 }, 4)).toBe(at("2032-02-29"));
  });
});

describe("nextPeriodEnd", () => {
  it("finds the next boundary from the anchor, however long ago that was", () => {
    const anchor = at("2026-01-31");
    expect(nextPeriodEnd(anchor, monthly, anchor)).toBe(at("2026-02-28"));
    expect(nextPeriodEnd(anchor, monthly, at("2026-02-28"))).toBe(at("2026-03-31"));
    expect(nextPeriodEnd(anchor, monthly, at("2036-02-10"))).toBe(at("2036-02-29"));
  });
});
