import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { findDifferences } from "../../histories/check.ts";
import { stories } from "../seeker/arbitraries.ts";
import type { Move } from "../seeker/world/moves.ts";
import { deliveries, playOn, type Delivery } from "./play.ts";
import { openStage } from "./stage.ts";

const { PLAYED = "12", PLAYED_SEED, PLAYED_STORY } = process.env;
/** So many are played beside each other: much of a story is waiting. */
const STAGES = 4;
const numRuns = Math.ceil(Number(PLAYED) / STAGES);
const firstSeed = PLAYED_SEED === undefined ? Date.now() % 2 ** 31 : Number(PLAYED_SEED);
const seeds = Array.from({ length: STAGES }, (_, index) => firstSeed + index);

interface Played {
  moves: Move[];
  delivery: Delivery;
}

/** A story that failed, as it was printed, to be played again and again. */
const played: fc.Arbitrary<Played> =
  PLAYED_STORY === undefined
    ? fc.record({ moves: stories, delivery: fc.constantFrom(...deliveries) })
    : fc.constant<Played>(JSON.parse(PLAYED_STORY));

/** What the seeker tries over the pure rules, tried over the whole product: news, documents, ledger and provider. */
describe(`${numRuns * STAGES} of the seeker's stories, played, end within the law`, () => {
  const tally = { stories: 0, moves: 0, refused: 0, events: 0 };

  it.concurrent.each(seeds)("of seed %i", { timeout: numRuns * 20_000 + 60_000 }, async (seed) => {
    await fc.assert(fc.asyncProperty(played, expectLaw), {
      numRuns,
      seed,
      interruptAfterTimeLimit: numRuns * 18_000 + 50_000,
      markInterruptAsFailure: true,
    });
  });

  afterAll(() => console.log(`The seeker's stories of the seeds ${seeds.join(", ")}:`, tally));

  async function expectLaw(story: Played): Promise<void> {
    const stage = await openStage();
    try {
      const refused = await playOn(stage, story.moves, story.delivery);
      tally.refused += refused.length;
      expect(await findDifferences(stage.shop.history)).toEqual([]);
    } catch (error) {
      console.error(`A story fails: ${JSON.stringify(story)}`);
      throw error;
    } finally {
      tally.stories += 1;
      tally.moves += story.moves.length;
      tally.events += (await stage.shop.history.readEvents()).length;
      await stage.shop.close();
    }
  }
});
