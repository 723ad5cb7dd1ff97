import { describe, expect, it } from "vitest";
import { toDollars } from "./cost.ts";

const nothing = { name: "nothing", reads: 0, writes: 0, deletes: 0, invocationSeconds: [] };

describe("toDollars", () => {
  it("is nothing for nothing", () => {
    expect(toDollars(nothing)).toBe(0);
  });

  it("adds up what the database does", () => {
    expect(toDollars({ ...nothing, reads: 100_000, writes: 100_000, deletes: 100_000 })).toBeCloseTo(
      0.13,
      10,
    );
  });

  it("counts an instance's time in steps of 100 ms, and each invocation", () => {
    const step = 0.1 * (0.000024 + 0.25 * 0.0000025);
    expect(toDollars({ ...nothing, invocationSeconds: [0.05] })).toBeCloseTo(step + 4e-7, 12);
    expect(toDollars({ ...nothing, invocationSeconds: [0.11, 0.2] })).toBeCloseTo(4 * step + 8e-7, 12);
  });
});
