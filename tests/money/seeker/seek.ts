import * as fc from "fast-check";
import { findBreaches } from "../law/law.ts";
import { stories } from "./arbitraries.ts";
import { toGranted } from "./books.ts";
import { hasGap } from "./gaps.ts";
import { toLawOfWorld } from "./lawOfWorld.ts";
import type { Rules } from "./rules.ts";
import type { Move } from "./world/moves.ts";
import { playStory } from "./world/play.ts";
import { toStory } from "./world/story.ts";
import type { World } from "./world/world.ts";

/** What is against the law once a story is over, one sentence for each user. */
export function findBreachesIn(world: World, rules: Rules): string[] {
  return findBreaches(toLawOfWorld(world), toGranted(world, rules));
}

/** A short story that breaks the law, as text; undefined if none of so many does. */
export function seek(rules: Rules, options: { numRuns: number; seed: number }): string | undefined {
  const property = fc.property(stories, (moves) => !isBreach(moves, rules));
  const { counterexample, numRuns } = fc.check(property, options);
  if (!counterexample) return undefined;
  const moves = toShortest(counterexample[0], rules);
  const found = `Found after ${numRuns} stories (seed ${options.seed}):`;
  return [found, toStory(moves), ...findBreachesIn(playStory(moves), rules), JSON.stringify(moves)].join(
    "\n",
  );
}

function isBreach(moves: readonly Move[], rules: Rules): boolean {
  const world = playStory(moves);
  return !hasGap(world) && findBreachesIn(world, rules).length > 0;
}

/** Without the moves that the breach does not need. */
function toShortest(moves: readonly Move[], rules: Rules): readonly Move[] {
  const shorter = moves
    .map((_move, index) => moves.toSpliced(index, 1))
    .find((without) => isBreach(without, rules));
  return shorter ? toShortest(shorter, rules) : moves;
}
