import { ada, change, subscribe, wait, type Setting } from "./steps.ts";
import type { Move } from "./world/moves.ts";

type Loop = (setting: Setting) => Move[];

const ROUNDS = 50;
/** Short enough for all rounds to lie in one period. */
const soon = wait(7);
const nextPeriod = wait(24 * 31);

function repeat(round: readonly Move[]): Move[] {
  return [...Array.from({ length: ROUNDS }, () => round).flat(), nextPeriod];
}

/** What people try in order to end richer than they began. */
export const loops: Record<string, Loop> = {
  "plans up and down": (setting) => [
    subscribe(setting, "price_small"),
    ...repeat([
      change(setting, { priceId: "price_large" }),
      soon,
      change(setting, { priceId: "price_small" }),
      soon,
    ]),
  ],
  "quantities up and down": (setting) => [
    subscribe(setting, "price_small"),
    ...repeat([
      change(setting, { priceId: "price_small", quantity: 3 }),
      soon,
      change(setting, { priceId: "price_small" }),
      soon,
    ]),
  ],
  "cancel and subscribe again": (setting) =>
    repeat([
      subscribe(setting, "price_small"),
      soon,
      change(setting, { priceId: "price_large" }),
      { type: "cancel", ...ada, how: "prorated" },
      soon,
    ]),
  "a product without credits in between": (setting) => [
    subscribe(setting, "price_small"),
    ...repeat([
      change(setting, { priceId: "price_plain" }),
      soon,
      change(setting, { priceId: "price_large" }),
      soon,
      change(setting, { priceId: "price_small" }),
    ]),
  ],
  "two products beside each other": (setting) => [
    subscribe(setting, "price_small"),
    subscribe(setting, "price_large"),
    ...repeat([
      change(setting, { priceId: "price_small", pick: 0 }),
      change(setting, { priceId: "price_large", pick: 1 }),
      soon,
      change(setting, { priceId: "price_large", pick: 0 }),
      change(setting, { priceId: "price_small", pick: 1 }),
      soon,
    ]),
  ],
  "upgrades that fail and stay open": (setting) => [
    subscribe(setting, "price_small"),
    ...repeat([
      change(setting, { priceId: "price_large", cardWorks: false }),
      soon,
      change(setting, { priceId: "price_small" }),
      soon,
    ]),
  ],
  "upgrades that are voided": (setting) => [
    subscribe(setting, "price_small"),
    ...repeat([
      change(setting, { priceId: "price_large", cardWorks: false }),
      { type: "settle", ...ada, how: "void" },
      soon,
      change(setting, { priceId: "price_small" }),
      soon,
    ]),
  ],
  "upgrades that are paid later": (setting) => [
    subscribe(setting, "price_small"),
    ...repeat([
      change(setting, { priceId: "price_large", cardWorks: false }),
      soon,
      change(setting, { priceId: "price_small" }),
      { type: "settle", ...ada, how: "pay" },
    ]),
  ],
  "a free plan in between": (setting) => [
    subscribe(setting, "price_free"),
    ...repeat([
      change(setting, { priceId: "price_small" }),
      soon,
      change(setting, { priceId: "price_free" }),
      soon,
    ]),
  ],
};
