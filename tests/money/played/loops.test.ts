import { describe, expect, it } from "vitest";
import { findDifferences } from "../../histories/check.ts";
import { loops } from "../seeker/loops.ts";
import { currencies } from "../seeker/world/catalogue.ts";
import type { Move } from "../seeker/world/moves.ts";
import { behaviors, namingModes } from "../seeker/world/types.ts";
import type { Setting } from "../seeker/steps.ts";
import { readMostBought } from "./bought.ts";
import { coverPairs } from "./pairs.ts";
import { deliveries, playOn, type Delivery } from "./play.ts";
import { openStage } from "./stage.ts";

type Case = [loop: string, delivery: Delivery, setting: Setting];

const named: Case[] = [
  [
    "plans up and down",
    "newest first",
    { mode: "itemized", behavior: "always_invoice", percent: 0, currency: "usd" },
  ],
  [
    "quantities up and down",
    "as it happens",
    { mode: "included", behavior: "create_prorations", percent: 50, currency: "krw" },
  ],
  [
    "cancel and subscribe again",
    "at the end",
    { mode: "classic", behavior: "none", percent: 100, currency: "jpy" },
  ],
  [
    "two products beside each other",
    "at the end",
    { mode: "classic", behavior: "create_prorations", percent: 0, currency: "eur" },
  ],
  [
    "upgrades that are voided",
    "at the end",
    { mode: "itemized", behavior: "always_invoice", percent: 50, currency: "usd" },
  ],
];

const percents = [0, 50, 100] as const;
const factors = [Object.keys(loops), deliveries, namingModes, behaviors, percents, currencies] as const;
/** In which every two values of two factors meet. */
const pairwise = coverPairs(factors.map(({ length }) => length)).map(toCase);

function toCase([loop = 0, delivery = 0, mode = 0, behavior = 0, percent = 0, currency = 0]: number[]): Case {
  return [
    requireAt(factors[0], loop),
    requireAt(factors[1], delivery),
    {
      mode: requireAt(factors[2], mode),
      behavior: requireAt(factors[3], behavior),
      percent: requireAt(factors[4], percent),
      currency: requireAt(factors[5], currency),
    },
  ];
}

function requireAt<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new Error(`There is no value ${index}`);
  return value;
}

/** `npm test` plays five; "all" plays these and every pair of values. */
const cases = process.env["LOOPS"] === "all" ? [...named, ...pairwise] : named;

/** Rule 1, by the product itself: whoever goes in a circle ends with what the kept money bought. */
describe("fifty rounds, played,", () => {
  it.concurrent.each(cases)(
    "of %s, heard of %s, %o: gain nothing, and lose nothing",
    { timeout: 600_000 },
    async (name, delivery, setting) => {
      const stage = await openStage();
      try {
        const refused = await playOn(stage, requireLoop(name)(setting), delivery);
        expect(refused).toEqual([]);
        expect(await findDifferences(stage.shop.history)).toEqual([]);
        const { given } = await stage.shop.readCredits("ada");
        expect(given).toBeLessThanOrEqual(await readMostBought(stage, setting));
      } finally {
        await stage.shop.close();
      }
    },
  );
});

function requireLoop(name: string): (setting: Setting) => Move[] {
  const loop = loops[name];
  if (!loop) throw new Error(`There is no loop "${name}"`);
  return loop;
}
