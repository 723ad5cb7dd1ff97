import type { DocumentData, Firestore } from "@google-cloud/firestore";
import { buyerRef, parseBuyer, toStamps } from "../buyers/db.ts";
import type { Buyer } from "../buyers/documents.ts";
import { toEndingFields, toLeft, toUnknown, type LeftById } from "../buyers/ending.ts";
import { subscriptionRef } from "../credits/db.ts";
import { planHolderDocument } from "../plans/documents.ts";
import { toLivePlans, toPlansById } from "../plans/live.ts";
import { compareAndSet, type Snapshots } from "../platform/compareAndSet.ts";
import type { StoreContext } from "../platform/context.ts";
import { readDocument, requireSnapshot } from "../platform/document.ts";

/**
 * Notes that the user was deleted, from when on they cannot buy, and moves what they had to what is to be ended. Nothing of
 * it is known any more to whoever buys under the same id later. Without `deletedAt`, or with one from before such a buyer
 * signed in, only goes on with a deletion that has begun. Returns all that is to be ended; undefined if no deletion is
 * under way.
 */
export async function saveDeletion(
  { db, now }: StoreContext,
  { userId, deletedAt }: { userId: string; deletedAt: Date | undefined },
): Promise<LeftById | undefined> {
  const savedAt = now();
  return await changeDeleted(db, userId, (buyer, left) => {
    const isNews = deletedAt && !buyer.deletedAt && !(buyer.renewedAt && deletedAt <= buyer.renewedAt);
    const goneAt = isNews ? deletedAt : buyer.deletedAt;
    if (!goneAt) return { data: undefined, result: toUnderWay(buyer) };
    const fields = toEndingFields(buyer, left);
    const isBegun = !isNews && Object.keys(left).length === 0;
    const data = { ...nothing, deletedAt: goneAt, ...(isNews && { forgottenAt: null }), ...fields };
    const next = { ...buyer, ...data };
    return {
      data: isBegun ? undefined : { ...toStamps(userId, buyer, savedAt), ...data },
      result: toUnderWay(next),
    };
  });
}

/** What an account that is gone has; its ledger, payments and sessions stay for accounting. */
const nothing = { providers: {}, openSessions: {}, plans: {} };

function toUnderWay({ ending, forgottenAt, deletedAt, renewedAt }: Buyer): LeftById | undefined {
  const wasDeleted = deletedAt !== null || renewedAt !== null;
  return wasDeleted && forgottenAt === null ? ending : undefined;
}

/**
 * Takes off the list what was ended, and notes what cannot be reached. If nothing is left, and `isWhole`, the deletion is
 * done, unless something has come meanwhile.
 */
export async function saveEnded(
  { db, now }: StoreContext,
  ended: { userId: string; endedIds: readonly string[]; unreachable: LeftById; isWhole: boolean },
): Promise<void> {
  const { userId, endedIds, unreachable, isWhole } = ended;
  const savedAt = now();
  await changeDeleted(db, userId, (buyer, left) => {
    const over = new Set([...endedIds, ...Object.keys(unreachable)]);
    const noted = Object.entries(unreachable).map(
      ([id, thing]) => [id, { ...thing, notedAt: savedAt }] as const,
    );
    const known = { ...buyer, unreachable: { ...Object.fromEntries(noted), ...buyer.unreachable } };
    const all = { ...buyer.ending, ...(buyer.deletedAt && toUnknown(known, left)) };
    const ending = Object.fromEntries(Object.entries(all).filter(([id]) => !over.has(id)));
    const isDone = isWhole && Object.keys(ending).length === 0;
    const data = {
      ...(buyer.deletedAt && nothing),
      ending,
      unreachable: known.unreachable,
      forgottenAt: isDone ? savedAt : null,
    };
    return { data: { ...toStamps(userId, buyer, savedAt), ...data }, result: undefined };
  });
}

/** `left`: what the buyer has, which a deleted one leaves. */
async function changeDeleted<T>(
  db: Firestore,
  userId: string,
  decide: (buyer: Buyer, left: LeftById) => { data: DocumentData | undefined; result: T },
): Promise<T> {
  const buyerAt = buyerRef(db, userId);
  const accountAt = subscriptionRef(db, userId);
  return await compareAndSet(db, [buyerAt, accountAt], (snapshots: Snapshots) => {
    const snapshot = requireSnapshot(snapshots, buyerAt);
    const buyer = parseBuyer(snapshot);
    const { known: account } = readDocument(snapshots, accountAt, planHolderDocument);
    const plans = toPlansById(toLivePlans(buyer, account?.plan));
    const { data, result } = decide(buyer, toLeft({ ...buyer, plans }));
    return { changes: data ? [{ snapshot, data }] : [], result };
  });
}
