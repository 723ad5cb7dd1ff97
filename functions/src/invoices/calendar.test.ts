import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PriceInterval } from "../contract/codes.ts";
import { toPeriodStart } from "./calendar.ts";

describe("toPeriodStart", () => {
  it.each<[number, PriceInterval, string, string]>([
    [1, "day", "2030-03-01", "2030-02-28"],
    [10, "day", "2030-03-31", "2030-03-21"],
    [1, "week", "2030-01-05", "2029-12-29"],
    [2, "week", "2030-03-31", "2030-03-17"],
    [1, "month", "2030-07-15", "2030-06-15"],
    [1, "month", "2030-01-15", "2029-12-15"],
    [3, "month", "2030-02-15", "2029-11-15"],
    [1, "month", "2030-03-31", "2030-02-28"],
    [1, "month", "2028-03-30", "2028-02-29"],
    [1, "month", "2030-12-31", "2030-11-30"],
    [1, "month", "2030-02-28", "2030-01-28"],
    [6, "month", "2030-08-31", "2030-02-28"],
    [1, "year", "2030-07-15", "2029-07-15"],
    [2, "year", "2030-12-31", "2028-12-31"],
    [1, "year", "2028-02-29", "2027-02-28"],
    [4, "year", "2028-02-29", "2024-02-29"],
  ])("is %i %s before %s: %s", (intervalCount, interval, end, start) => {
    const time = "T22:15:30.500Z";
    expect(toPeriodStart(new Date(end + time), { interval, intervalCount })).toEqual(new Date(start + time));
  });

  it("leaves the end as it is", () => {
    const end = new Date("2030-03-31T00:00:00Z");
    toPeriodStart(end, { interval: "month", intervalCount: 1 });
    expect(end).toEqual(new Date("2030-03-31T00:00:00Z"));
  });

  it("is the same day of the month, so many months earlier, for each day that all months have", () => {
    const ends = fc.record({
      year: fc.integer({ min: 2020, max: 2040 }),
      month: fc.integer({ min: 0, max: 11 }),
      date: fc.integer({ min: 1, max: 28 }),
    });
    fc.assert(
      fc.property(ends, fc.integer({ min: 1, max: 36 }), ({ year, month, date }, intervalCount) => {
        const end = new Date(Date.UTC(year, month, date));
        const start = toPeriodStart(end, { interval: "month", intervalCount });
        expect(start).toEqual(new Date(Date.UTC(year, month - intervalCount, date)));
      }),
    );
  });
});
