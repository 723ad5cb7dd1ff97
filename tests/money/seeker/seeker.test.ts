import { describe, expect, it } from "vitest";
import { faults, withFault } from "./faults.ts";
import { productRules } from "./rules.ts";
import { seek } from "./seek.ts";
import { MOST_RUNS, numRuns, seed } from "./settings.ts";

/** About a millisecond a story, on a machine with other work. */
const timeout = Math.max(60_000, numRuns * 10);

describe("seek", () => {
  it(`finds nothing in ${numRuns} stories (seed ${seed})`, { timeout }, () => {
    expect(seek(productRules, { numRuns, seed }) ?? "nothing").toBe("nothing");
  });

  it.each(Object.entries(faults))(
    "finds a planted fault, %s",
    { timeout: MOST_RUNS * 10 },
    (_rule, fault) => {
      expect(seek(withFault(fault), { numRuns: MOST_RUNS, seed })).toMatch(/too (?:many|few) credits/);
    },
  );
});
