import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { suite } from "../kit/suite/harness.ts";
import { findDifferences } from "./check.ts";
import { play, reconcile } from "./play.ts";
import { stories, type Step } from "./steps.ts";
import { History } from "./history.ts";

const { HISTORIES = "100", HISTORIES_SEED, HISTORIES_STORY } = process.env;
/** So many are told beside each other, which costs less time than one after the other: much of a story is waiting. */
const TELLERS = 4;
const numRuns = Math.ceil(Number(HISTORIES) / TELLERS);
const firstSeed = HISTORIES_SEED === undefined ? Date.now() % 2 ** 31 : Number(HISTORIES_SEED);
const seeds = Array.from({ length: TELLERS }, (_, index) => firstSeed + index);
/** A story that failed, as it was printed, to be told again and again. */
const told = HISTORIES_STORY === undefined ? stories : fc.constant<Step[]>(JSON.parse(HISTORIES_STORY));

/** Whatever was repeated, reordered, lost or done at once: everything ends in the provider's books. */
describe(`${numRuns * TELLERS} histories end in the provider's books after one reconciliation`, () => {
  const tally = { stories: 0, steps: 0, events: 0, payments: 0 };

  it.concurrent.each(seeds)("of seed %i", { timeout: numRuns * 20_000 }, async (seed) => {
    const property = fc.asyncProperty(told, async (story) => await expectHistory(story, seed));
    // A story that fails is told again in shorter forms, until the time is up.
    await fc.assert(property, {
      numRuns,
      seed,
      interruptAfterTimeLimit: numRuns * 18_000,
      markInterruptAsFailure: true,
    });
  });

  afterAll(() => console.log(`Histories of the seeds ${seeds.join(", ")}:`, tally));

  async function expectHistory(story: readonly Step[], seed: number): Promise<void> {
    const history = await History.create({
      projectId: suite.projectId,
      host: suite.firestoreHost,
      databaseId: `history-${crypto.randomUUID()}`,
    });
    try {
      await expectToAgree(history, story);
    } catch (error) {
      console.error(`A history of seed ${seed} fails: ${JSON.stringify(story)}`);
      throw error;
    } finally {
      tally.stories += 1;
      tally.steps += story.length;
      tally.events += (await history.readEvents()).length;
      tally.payments += (await history.db.collection("payments").count().get()).data().count;
      await history.close();
    }
  }
});

async function expectToAgree(history: History, story: readonly Step[]): Promise<void> {
  for (const step of story) await play(history, step);
  await history.becomeReliable();
  await reconcile(history);
  expect(await findDifferences(history)).toEqual([]);
  const again = await reconcile(history);
  const left = Object.entries(again).filter(([, { repaired, failed }]) => repaired + failed > 0);
  expect(left, "Something is left to repair").toEqual([]);
}
