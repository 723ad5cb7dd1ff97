import type { PlanDocument } from "../contract/documents.ts";
import { buyerRef, parseBuyer, toStamps } from "../buyers/db.ts";
import type { Buyer } from "../buyers/documents.ts";
import { isOfDeleted, toReachedFields, type LeftById } from "../buyers/ending.ts";
import { emptySubscription } from "../credits/account/account.ts";
import { subscriptionRef } from "../credits/db.ts";
import type { Committed, Committer } from "../inbox/committer.ts";
import { isLive, isOfSameProduct, isSamePlan, toLastEnding, toPlanId, type Plan } from "../model/plan.ts";
import { askAfter } from "../platform/reading/askAfter.ts";
import type { StoreContext } from "../platform/context.ts";
import { readDocument, requireSnapshot, toChange } from "../platform/document.ts";
import { planRef } from "./db.ts";
import { planDocument, planHolderDocument } from "./documents.ts";
import { replacePlan, toLivePlans, toPlansById } from "./live.ts";

/** Whose live plans of one product there are several of since this commit. */
export interface SubscribedTwice {
  userId: string;
  productId: string;
  priceId: string | null;
  subscriptionIds: string[];
}

export interface SavedPlan {
  plan: Plan;
  subscribedTwice?: SubscribedTwice;
}

/** A plan as its provider has it, whose it is, and whose at the provider. */
export interface FoundPlan {
  userId: string;
  customerId?: string | null;
  plan: Plan;
}

/**
 * Writes a plan as its provider has it, and with it the user's live plans and the one that their account shows: the live
 * one that ends last, or the last one that there was. Undefined if the provider does not have it. A live plan of a user
 * who was deleted is none of these: it is left for their deletion to end, which begins again if it was done.
 */
export async function savePlan(
  { db, now }: StoreContext,
  subject: Pick<Plan, "provider" | "subscriptionId">,
  fetch: () => Promise<FoundPlan | undefined>,
  committer: Committer,
): Promise<Committed<SavedPlan> | undefined> {
  const savedAt = now();
  const planAt = planRef(db, toPlanId(subject));
  // A third time, because the first answer may be that to a change.
  const ask = askAfter(async () => ({ found: await fetch() }), { times: 3 });
  const owner = (await ask(await planAt.get()))?.found;
  if (!owner) return undefined;
  const { userId, customerId = null } = owner;
  const accountAt = subscriptionRef(db, userId);
  const buyerAt = buyerRef(db, userId);
  return await committer.commit([planAt, accountAt, buyerAt], async (snapshots) => {
    const planDoc = readDocument(snapshots, planAt, planDocument);
    const account = readDocument(snapshots, accountAt, planHolderDocument);
    const shown = account.known?.plan;
    const read = (await ask(planDoc.snapshot))?.found?.plan;
    const known = planDoc.known ?? (shown && isSamePlan(shown, owner.plan) ? shown : undefined);
    if (!read || (known && hasEnded(known, read)))
      return { changes: [], result: { plan: known ?? owner.plan } };
    const plan = withDropped(read, [owner.plan, known]);
    const buyerSnapshot = requireSnapshot(snapshots, buyerAt);
    const buyer = parseBuyer(buyerSnapshot);
    const isLeft = isOfDeleted(buyer, { ...plan, customerId });
    const before = toLivePlans(buyer, shown);
    const live = isLeft ? before.filter((other) => !isSamePlan(other, plan)) : replacePlan(before, plan);
    const ending =
      isLeft && isLive(plan) ? toReachedFields(buyer, toLeftPlan(plan, { buyer, customerId })) : {};
    const next = toDocument({ userId, plan }, planDoc.known, savedAt);
    const first = account.snapshot.exists ? { updatedAt: savedAt } : emptySubscription(userId, savedAt);
    const changes = [
      toChange(planDoc, next),
      { snapshot: account.snapshot, data: { ...first, plan: toShown(live, [plan, shown]) } },
      {
        snapshot: buyerSnapshot,
        data: { ...toStamps(userId, buyer, savedAt), plans: toPlansById(live), ...ending },
      },
    ];
    const subscribedTwice = toSubscribedTwice({ userId, plan }, { known, live });
    return { changes, result: { plan, ...(subscribedTwice && { subscribedTwice }) } };
  });
}

/** What has ended stays so. */
function hasEnded(known: Plan, plan: Plan): boolean {
  return !isLive(known) && isLive(plan);
}

/** With the customer who pays it if that one is the user's: it may be somebody else's. */
function toLeftPlan(
  { provider, subscriptionId }: Plan,
  { buyer, customerId }: { buyer: Buyer; customerId: string | null },
): LeftById {
  const isTheirs = customerId !== null && Object.hasOwn(buyer.unreachable, customerId);
  return {
    [subscriptionId]: { kind: "subscription", provider },
    ...(isTheirs && { [customerId]: { kind: "customer", provider } }),
  };
}

/** The provider names what a cancellation dropped once; it is kept for whoever asks again, until the plan is resumed. */
function withDropped(plan: Plan, earlier: readonly (Plan | undefined)[]): Plan {
  const dropped = [plan, ...earlier].find((known) => known?.droppedChange)?.droppedChange;
  return dropped && plan.cancelAtPeriodEnd && isLive(plan) ? { ...plan, droppedChange: dropped } : plan;
}

function toDocument(
  { userId, plan }: { userId: string; plan: Plan },
  known: PlanDocument | undefined,
  now: Date,
): PlanDocument {
  return { ...plan, userId, createdAt: known?.createdAt ?? now, updatedAt: now };
}

function toShown(live: readonly Plan[], [plan, shown]: [Plan, Plan | undefined]): Plan {
  const over = shown && !isLive(shown) && !isSamePlan(shown, plan) ? [shown] : [];
  return toLastEnding(live.length > 0 ? live : [plan, ...over]) ?? plan;
}

/** Two open checkouts of one product can both be paid: that both go on is for the operator to look at, once. */
function toSubscribedTwice(
  { userId, plan }: { userId: string; plan: Plan },
  { known, live }: { known: Plan | undefined; live: readonly Plan[] },
): SubscribedTwice | undefined {
  const { productId, priceId } = plan;
  const same = live.filter((other) => isOfSameProduct(other, plan));
  const wasThere = known && isLive(known) && isOfSameProduct(known, plan);
  if (productId === null || wasThere || !isLive(plan) || same.length < 2) return undefined;
  return { userId, productId, priceId, subscriptionIds: same.map(({ subscriptionId }) => subscriptionId) };
}
