import { describe, expect, it } from "vitest";
import { hasGap } from "./gaps.ts";
import { productRules } from "./rules.ts";
import { findBreachesIn } from "./seek.ts";
import { ada, change, subscribe, usually, wait } from "./steps.ts";
import type { Move } from "./world/moves.ts";
import { playStory } from "./world/play.ts";

const always = { behavior: "always_invoice" } as const;
const allOff: Move = { type: "coupon", ...ada, coupon: { percent: 100, duration: "forever" } };

const stories: Record<string, Move[]> = {
  "classic of an older API version, and a coupon for all of it": [
    subscribe({ ...usually, mode: "unnamed" }, "price_small"),
    allOff,
    change(always, { priceId: "price_large" }),
  ],
  "classic of an older API version, and a period that began on the 31st": [
    wait(24 * 21),
    subscribe({ ...usually, mode: "unnamed" }, "price_small"),
    change(always, { priceId: "price_free" }),
  ],
};

describe("hasGap", () => {
  it.each(Object.entries(stories))("knows of %s", (_name, moves) => {
    expect(hasGap(playStory(moves))).toBe(true);
  });

  // One that passes is none any more.
  it.fails.each(Object.entries(stories))("is needed for %s", (_name, moves) => {
    expect(findBreachesIn(playStory(moves), productRules)).toEqual([]);
  });
});
