import { describe, expect, it } from "vitest";
import { toParallelism } from "./emulators.ts";

describe("toParallelism", () => {
  it.each([
    [1, 3],
    [2, 3],
    [4, 4],
    [32, 8],
  ])("on %i cores is %i", (cores, parallelism) => {
    expect(toParallelism(cores)).toBe(parallelism);
  });
});
