import { Committer } from "../inbox/committer.ts";
import { isLive, toPlanId } from "../model/plan.ts";
import type { StoreContext } from "../platform/context.ts";
import { planRef } from "./db.ts";
import { planDocument } from "./documents.ts";
import { savePlan } from "./save.ts";

/**
 * Notes that a plan is over which the provider does not tell of any more, such as one that was made with test keys. What has
 * ended stays so. Does nothing if it is not known, or over already.
 */
export async function endPlan(
  context: StoreContext,
  { userId, ...subject }: { userId: string; provider: string; subscriptionId: string },
): Promise<void> {
  const found = planDocument.parse(await planRef(context.db, toPlanId(subject)).get());
  if (!found || !isLive(found)) return;
  const { userId: _owner, createdAt: _created, updatedAt: _updated, ...known } = found;
  const plan = { ...known, status: "canceled", cancelAtPeriodEnd: true, readAt: context.now() };
  const fetch = async () => await Promise.resolve({ userId, plan });
  await savePlan(context, subject, fetch, new Committer(context));
}
