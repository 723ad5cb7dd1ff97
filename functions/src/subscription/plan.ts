import { emptySubscription } from "./account.ts";
import { parsePlan, subscriptionRef } from "./db.ts";
import type { CreditContext } from "./transaction.ts";
import type { Plan } from "./types.ts";

/** States a recurring subscription does not come back from. */
const ended: ReadonlySet<string> = new Set(["canceled", "incomplete_expired"]);

/** Whether the plan was written; not when a later read was before, or it has ended and another one has not. */
export async function savePlan(
  { db, now }: CreditContext,
  { userId, plan }: { userId: string; plan: Plan },
): Promise<boolean> {
  const savedAt = now();
  const ref = subscriptionRef(db, userId);
  return await db.runTransaction(async (transaction) => {
    const snapshot = await transaction.get(ref);
    if (!isNews(parsePlan(snapshot), plan)) return false;
    if (snapshot.exists) transaction.update(ref, { plan, updatedAt: savedAt });
    else transaction.create(ref, { ...emptySubscription(userId, savedAt), plan });
    return true;
  });
}

export async function readPlan({ db }: Pick<CreditContext, "db">, userId: string): Promise<Plan | undefined> {
  return parsePlan(await subscriptionRef(db, userId).get());
}

function isNews(known: Plan | undefined, plan: Plan): boolean {
  if (!known) return true;
  if (known.subscriptionId === plan.subscriptionId) return known.readAt <= plan.readAt;
  return ended.has(known.status) || !ended.has(plan.status);
}
