import type { Plan } from "../contract/documents.ts";
import { emptySubscription } from "../credits/account/account.ts";
import { subscriptionRef } from "../credits/db.ts";
import type { Committed, Committer } from "../inbox/committer.ts";
import type { StoreContext } from "../platform/context.ts";
import { readDocument } from "../platform/document.ts";
import { planHolderDocument } from "./documents.ts";

/** The states that a recurring subscription does not come back from. */
const ended: ReadonlySet<string> = new Set(["canceled", "incomplete_expired"]);

/** Writes a plan, unless a later read was written already, or it has ended and the known one has not. */
export async function savePlan(
  { db, now }: StoreContext,
  { userId, plan }: { userId: string; plan: Plan },
  committer: Committer,
): Promise<Committed<undefined>> {
  const savedAt = now();
  const ref = subscriptionRef(db, userId);
  return await committer.commit([ref], (snapshots) => {
    const { snapshot, known } = readDocument(snapshots, ref, planHolderDocument);
    if (!isNews(known?.plan, plan)) return { changes: [], result: undefined };
    const first = snapshot.exists ? { updatedAt: savedAt } : emptySubscription(userId, savedAt);
    return { changes: [{ snapshot, data: { ...first, plan } }], result: undefined };
  });
}

function isNews(known: Plan | undefined, plan: Plan): boolean {
  if (!known) return true;
  if (known.subscriptionId === plan.subscriptionId) return known.readAt <= plan.readAt;
  return ended.has(known.status) || !ended.has(plan.status);
}
