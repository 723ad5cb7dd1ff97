import { describe, expect, it } from "vitest";
import { measureInTurns, toQuantile, toRatios, toSpread } from "./statistics.ts";

describe("toQuantile", () => {
  it.each([
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 2, 3], 0.5, 2.5],
    [[1, 2, 3, 4, 5], 0.25, 2],
    [[7], 0.99, 7],
  ])("of %j at %d is %d", (values, share, quantile) => {
    expect(toQuantile(values, share)).toBe(quantile);
  });

  it("refuses nothing", () => {
    expect(() => toQuantile([], 0.5)).toThrow("nothing was measured");
  });
});

describe("toSpread", () => {
  it("is the median and the half around it", () => {
    expect(toSpread([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4, count: 5 });
  });
});

describe("toRatios", () => {
  it("divides by what was measured beside", () => {
    expect(toRatios([2, 9], [1, 3])).toEqual([2, 3]);
  });

  it("refuses measurements that are not in pairs", () => {
    expect(() => toRatios([1], [1, 2])).toThrow("not in pairs");
  });
});

describe("measureInTurns", () => {
  it("begins each round with another subject, and keeps the measurements in their rounds", async () => {
    const order: string[] = [];
    const measured = await measureInTurns(["a", "b"], 3, (subject) => {
      order.push(subject);
      return Promise.resolve(order.length);
    });
    expect(order.join("")).toBe("abbaab");
    expect([...measured]).toEqual([
      ["a", [1, 4, 5]],
      ["b", [2, 3, 6]],
    ]);
  });
});
