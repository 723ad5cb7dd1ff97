import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toGranted } from "./books.ts";
import { productRules } from "./rules.ts";
import { findBreachesIn } from "./seek.ts";
import { numRuns, seed } from "./settings.ts";
import { currencies, requirePrice } from "./world/catalogue.ts";
import type { Move } from "./world/moves.ts";
import { playStory } from "./world/play.ts";
import { toStory } from "./world/story.ts";
import { namingModes } from "./world/types.ts";
import type { World } from "./world/world.ts";

const ada = { userId: "ada", pick: 0 } as const;
const percents = fc.constantFrom(0, 50);
const hours = fc.integer({ min: 1, max: 24 * 40 });
/** Both plans give the same credits for the same money. */
const sold = fc.record({
  priceId: fc.constantFrom("price_small", "price_large"),
  quantity: fc.integer({ min: 1, max: 3 }),
});

const buyers = fc.record({
  percent: percents,
  first: sold,
  second: sold,
  third: sold,
  mode: fc.constantFrom(...namingModes),
  currency: fc.constantFrom(...currencies),
  behavior: fc.constantFrom("always_invoice" as const, "create_prorations" as const),
  waits: fc.tuple(hours, hours, hours),
  how: fc.constantFrom("now" as const, "prorated" as const, "at_end" as const),
});

type Buyer = typeof buyers extends fc.Arbitrary<infer T> ? T : never;

function toMoves({ percent, first, second, third, mode, currency, behavior, waits, how }: Buyer): Move[] {
  const coupon = percent === 0 ? null : ({ percent, duration: "forever" } as const);
  const [before, between, after] = waits.map((wait): Move => ({
    type: "wait",
    hours: wait,
    cardWorks: true,
  }));
  const change = (to: typeof first): Move => ({ type: "change", ...ada, ...to, behavior, cardWorks: true });
  const start = { mode, currency, coupon, hasTrial: false };
  return [
    { type: "subscribe", userId: "ada", payerId: "ada", ...first, ...start },
    before,
    change(second),
    between,
    change(third),
    after,
    { type: "cancel", ...ada, how },
    { type: "wait", hours: 24 * 32, cardWorks: true },
  ].filter((move): move is Move => move !== undefined);
}

/** What their money buys before discounts: what was paid, less what the balance got and still has. */
function toBought({ invoices }: World, { percent, currency }: Buyer): number {
  const { amounts, credits } = requirePrice("price_small");
  const money = invoices.reduce((sum, { total }) => sum + total, 0);
  return (money / (1 - percent / 100) / amounts[currency]) * credits;
}

describe("an honest buyer", () => {
  it(`ends with the credits that their money bought (seed ${seed})`, { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(buyers, (buyer) => {
        const moves = toMoves(buyer);
        const world = playStory(moves);
        const lines = world.invoices.reduce((sum, invoice) => sum + invoice.lines.length, 0);
        const granted = toGranted(world, productRules).get("ada") ?? 0;
        expect(Math.abs(granted - toBought(world, buyer)), toStory(moves)).toBeLessThan(lines);
        expect(findBreachesIn(world, productRules), toStory(moves)).toEqual([]);
      }),
      { numRuns: Math.ceil(numRuns / 4), seed },
    );
  });
});
