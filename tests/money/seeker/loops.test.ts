import { describe, expect, it } from "vitest";
import { loops } from "./loops.ts";
import { productRules } from "./rules.ts";
import { findBreachesIn } from "./seek.ts";
import type { Setting } from "./steps.ts";
import { currencies } from "./world/catalogue.ts";
import { playStory } from "./world/play.ts";
import { behaviors, namingModes } from "./world/types.ts";

const settings: Setting[] = namingModes.flatMap((mode) =>
  behaviors.flatMap((behavior) =>
    ([0, 50, 100] as const).flatMap((percent) =>
      currencies.map((currency): Setting => ({ mode, behavior, percent, currency })),
    ),
  ),
);

describe("fifty rounds", () => {
  it.each(Object.entries(loops))(
    "of %s gain nothing, and lose nothing",
    { timeout: 120_000 },
    (_name, loop) => {
      const breaches = settings.flatMap((setting) =>
        findBreachesIn(playStory(loop(setting)), productRules).map(
          (breach) => `${Object.values(setting).join(", ")}: ${breach}`,
        ),
      );
      expect(breaches).toEqual([]);
    },
  );
});
