import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { suite } from "../harness.ts";
import { findDifferences } from "./check.ts";
import { play, reconcile } from "./play.ts";
import { stories, type Step } from "./steps.ts";
import { World } from "./world.ts";

const COUNT = Number(process.env["HISTORIES"] ?? 100);
const SEED = process.env["HISTORIES_SEED"];

describe(`${COUNT} histories`, () => {
  it(
    "end in the provider's books after one reconciliation, whatever was repeated, reordered, lost or done at once",
    { timeout: COUNT * 10_000 },
    async () => {
      const seed = SEED === undefined ? Date.now() % 2 ** 31 : Number(SEED);
      const tally = { stories: 0, steps: 0, events: 0, payments: 0 };
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          const world = await World.create({
            projectId: suite.projectId,
            host: suite.firestoreHost,
            databaseId: `history-${crypto.randomUUID()}`,
          });
          try {
            await expectToAgree(world, story);
            tally.stories += 1;
            tally.steps += story.length;
            tally.events += (await world.readEvents()).length;
            tally.payments += (await world.db.collection("payments").count().get()).data().count;
          } finally {
            await world.close();
          }
        }),
        { numRuns: COUNT, seed, endOnFailure: false, interruptAfterTimeLimit: COUNT * 9_000 },
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
  // Nothing is left to repair.
  const again = await reconcile(world);
  for (const tally of Object.values(again)) expect(tally).toMatchObject({ repaired: 0, failed: 0 });
}
