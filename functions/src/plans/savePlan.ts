import { compareAndSet } from "../platform/compareAndSet.ts";
import { readDocument } from "../platform/knownDocument.ts";
import { emptySubscription } from "../credits/account/account.ts";
import { parsePlan, subscriptionRef } from "../credits/db.ts";
import type { CreditContext } from "../credits/decide.ts";
import type { Plan } from "../credits/types.ts";

/** States a recurring subscription does not come back from. */
const ended: ReadonlySet<string> = new Set(["canceled", "incomplete_expired"]);

/** Whether the plan was written; not when a later read was before, or it has ended and another one has not. */
export async function savePlan(
  { db, now }: CreditContext,
  { userId, plan }: { userId: string; plan: Plan },
): Promise<boolean> {
  const savedAt = now();
  const ref = subscriptionRef(db, userId);
  return await compareAndSet(db, [ref], (snapshots) => {
    const { snapshot, known } = readDocument(snapshots, ref, parsePlan);
    if (!isNews(known, plan)) return { changes: [], result: false };
    const first = snapshot.exists ? { updatedAt: savedAt } : emptySubscription(userId, savedAt);
    return { changes: [{ snapshot, data: { ...first, plan } }], result: true };
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
