import { compareBooks } from "../kit/books/books.ts";
import type { World } from "./world.ts";

/** One sentence for everything that is not as the provider's books and the story say. */
export async function findDifferences(world: World): Promise<string[]> {
  const { db, stripe } = world;
  const { projectId } = world.context;
  const { differences, theirs, ours } = await compareBooks(undefined, { db, stripe, projectId });
  if (JSON.stringify(theirs) !== JSON.stringify(ours))
    differences.push(`The provider has ${JSON.stringify(theirs)}, we have ${JSON.stringify(ours)}`);
  const used = await Promise.all(world.users.map(async (userId) => await compareSpent(world, userId)));
  return [...differences, ...used.flat()];
}

/** What the story spent is what was used, to the credit. */
async function compareSpent({ db, spent }: World, userId: string): Promise<string[]> {
  const own = [...spent].filter(([key]) => key.startsWith(`${userId} `));
  const expected = own.reduce((sum, [, amount]) => sum + amount, 0);
  const { creditsUsed = 0 } = (await db.collection("subscriptions").doc(userId).get()).data() ?? {};
  return creditsUsed === expected ? [] : [`${userId} used ${String(creditsUsed)}, but spent ${expected}`];
}
