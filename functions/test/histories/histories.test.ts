import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { suite } from "../harness.ts";
import { findDifferences } from "./check.ts";
import { play, reconcile } from "./play.ts";
import { stories, type Step } from "./steps.ts";
import { World } from "./world.ts";

const { HISTORIES: count = "100", HISTORIES_SEED: givenSeed, HISTORIES_STORY: givenStory } = process.env;
const numRuns = Number(count);
const seed = givenSeed === undefined ? Date.now() % 2 ** 31 : Number(givenSeed);
/** A story that failed, as it was printed, to be told again and again. */
const told = givenStory === undefined ? stories : fc.constant<Step[]>(JSON.parse(givenStory));

describe(`${numRuns} histories`, () => {
  it(
    "end in the provider's books after one reconciliation, whatever was repeated, reordered, lost or done at once",
    { timeout: numRuns * 10_000 },
    async () => {
      const tally = { stories: 0, steps: 0, events: 0, payments: 0 };
      await fc.assert(
        fc.asyncProperty(told, async (story) => {
          const world = await World.create({
            projectId: suite.projectId,
            host: suite.firestoreHost,
            databaseId: `history-${crypto.randomUUID()}`,
          });
          try {
            await expectToAgree(world, story);
          } catch (error) {
            console.error(`A history of seed ${seed} fails: ${JSON.stringify(story)}`);
            throw error;
          } finally {
            tally.stories += 1;
            tally.steps += story.length;
            tally.events += (await world.readEvents()).length;
            tally.payments += (await world.db.collection("payments").count().get()).data().count;
            await world.close();
          }
        }),
        { numRuns, seed, interruptAfterTimeLimit: numRuns * 9_000, markInterruptAsFailure: true },
      );
      console.log(`Histories of seed ${seed}:`, tally);
    },
  );
});

async function expectToAgree(world: World, story: readonly Step[]): Promise<void> {
  for (const step of story) await play(world, step);
  await world.becomeReliable();
  await reconcile(world);
  expect(await findDifferences(world)).toEqual([]);
  const again = await reconcile(world);
  const left = Object.entries(again).filter(([, { repaired, failed }]) => repaired + failed > 0);
  expect(left, "Something is left to repair").toEqual([]);
}
