import { Committer } from "../inbox/committer.ts";
import { subscriptionRef } from "../credits/db.ts";
import { isLive, toPlanId, type Plan } from "../model/plan.ts";
import type { StoreContext } from "../platform/context.ts";
import { planRef } from "./db.ts";
import { planDocument, planHolderDocument } from "./documents.ts";
import { savePlan } from "./save.ts";

/**
 * Notes that a plan is over which the provider does not tell of any more, such as one that was made with test keys. What has
 * ended stays so. Does nothing if it is not known, or over already.
 */
export async function endPlan(
  context: StoreContext,
  { userId, ...subject }: { userId: string; provider: string; subscriptionId: string },
): Promise<void> {
  const known = await readPlan(context, userId, subject);
  if (!known || !isLive(known)) return;
  const plan = { ...known, status: "canceled", cancelAtPeriodEnd: true, readAt: context.now() };
  const fetch = async () => await Promise.resolve({ userId, plan });
  await savePlan(context, subject, fetch, new Committer(context));
}

/** A plan's own document, or else the account's, which was the only place for plans before. */
async function readPlan(
  { db }: Pick<StoreContext, "db">,
  userId: string,
  subject: Pick<Plan, "provider" | "subscriptionId">,
): Promise<Plan | undefined> {
  const [planAt, accountAt] = [planRef(db, toPlanId(subject)), subscriptionRef(db, userId)];
  const found = planDocument.parse(await planAt.get());
  if (found) {
    const { userId: _owner, createdAt: _created, updatedAt: _updated, ...plan } = found;
    return plan;
  }
  const shown = planHolderDocument.parse(await accountAt.get())?.plan;
  return shown && toPlanId(shown) === toPlanId(subject) ? shown : undefined;
}
