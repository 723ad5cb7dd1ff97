import { isDeepStrictEqual } from "node:util";
import { compareBooks } from "../kit/books/books.ts";
import type { History } from "./history.ts";

/** One sentence for everything that is not as the provider's books and the story say. */
export async function findDifferences(history: History): Promise<string[]> {
  const { db, stripe, credits: formerCredits } = history;
  const { projectId } = history.context;
  const business = { db, stripe, projectId, formerCredits };
  const { differences, theirs, ours } = await compareBooks(undefined, business);
  if (!isDeepStrictEqual(theirs, ours))
    differences.push(`The provider has ${JSON.stringify(theirs)}, we have ${JSON.stringify(ours)}`);
  const used = await Promise.all(history.users.map(async (userId) => await compareSpent(history, userId)));
  return [...differences, ...used.flat()];
}

/** What the story spent is what was used, to the credit. */
async function compareSpent({ db, spent }: History, userId: string): Promise<string[]> {
  const own = [...spent].filter(([key]) => key.startsWith(`${userId} `));
  const expected = own.reduce((sum, [, amount]) => sum + amount, 0);
  const { creditsUsed = 0 } = (await db.collection("subscriptions").doc(userId).get()).data() ?? {};
  return creditsUsed === expected ? [] : [`${userId} used ${String(creditsUsed)}, but spent ${expected}`];
}
