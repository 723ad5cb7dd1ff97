import { describe, expect, it } from "vitest";
import { coverPairs } from "./pairs.ts";

const cases: number[][] = [
  [9, 3, 3, 3, 4, 3],
  [2, 2, 2],
  [4, 1, 5],
  [3, 7],
];

/** The pairs of values that meet in no row. */
function findMissing(sizes: readonly number[], rows: readonly number[][]): string[] {
  const met = new Set(
    rows.flatMap((row) => row.flatMap((a, i) => row.map((b, j) => [i, a, j, b].join(" ")))),
  );
  const wanted = sizes.flatMap((size, i) =>
    sizes
      .slice(i + 1)
      .flatMap((other, j) =>
        Array.from({ length: size * other }, (_, n) => [i, n % size, i + 1 + j, Math.floor(n / size)]),
      ),
  );
  return wanted.map((pair) => pair.join(" ")).filter((pair) => !met.has(pair));
}

describe("coverPairs", () => {
  it.each(cases.map((sizes) => [sizes]))("lets every two values of %j meet, in whole rows", (sizes) => {
    const rows = coverPairs(sizes);
    expect(findMissing(sizes, rows)).toEqual([]);
    for (const row of rows) {
      expect(row).toHaveLength(sizes.length);
      expect(row.every((value, factor) => value >= 0 && value < (sizes[factor] ?? 0))).toBe(true);
    }
  });

  it("needs few rows: hardly more than the two largest factors have pairs", () => {
    expect(coverPairs([9, 3, 3, 3, 4, 3]).length).toBeLessThanOrEqual(40);
    expect(coverPairs([2, 2, 2])).toHaveLength(4);
  });

  it("lets the check see a pair that is missing", () => {
    expect(findMissing([2, 2], coverPairs([2, 2]).slice(1))).toHaveLength(1);
  });
});
