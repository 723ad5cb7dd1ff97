import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import { collections, reconciliationCollections } from "../../contract/collections.ts";
import { compareAndSet } from "../../platform/compareAndSet.ts";
import type { StoreContext } from "../../platform/context.ts";
import { readDocument, toChange } from "../../platform/document.ts";
import { MS_PER_DAY } from "../../platform/instant.ts";
import { defineQuery, toQuery } from "../../platform/query.ts";
import { waitingDocument } from "./documents.ts";

export const queries = {
  dueWaiting: defineQuery({
    collection: reconciliationCollections.waiting,
    where: { nextAttemptAt: "<=" },
    orderBy: { nextAttemptAt: "asc" },
  }),
};

const MAX_REASON_LENGTH = 1_000;

function creditsRef(db: Firestore): DocumentReference {
  return db.collection(collections.reconciliations).doc("_credits");
}

export function waitingRef(db: Firestore, paymentId: string): DocumentReference {
  return creditsRef(db).collection(reconciliationCollections.waiting).doc(paymentId);
}

/** Lets a payment wait for a day. Returns whether that, or its reason, is new. */
export async function saveWaiting(
  { db, now }: StoreContext,
  { paymentId, reason: whole }: { paymentId: string; reason: string },
): Promise<boolean> {
  const savedAt = now();
  const reason = whole.slice(0, MAX_REASON_LENGTH);
  const ref = waitingRef(db, paymentId);
  return await compareAndSet(db, [ref], (snapshots) => {
    const document = readDocument(snapshots, ref, waitingDocument);
    const { known } = document;
    const isNew = known?.reason !== reason;
    if (known && !isNew && known.nextAttemptAt > savedAt) return { changes: [], result: false };
    const next = {
      reason,
      attempts: (known?.attempts ?? 0) + 1,
      nextAttemptAt: new Date(savedAt.getTime() + MS_PER_DAY),
      createdAt: known?.createdAt ?? savedAt,
      updatedAt: savedAt,
    };
    return { changes: [toChange(document, next)], result: isNew };
  });
}

/** The ids of payments that have waited long enough, the longest waiting first. */
export async function readDueWaiting(
  db: Firestore,
  { now, limit }: { now: Date; limit: number },
): Promise<string[]> {
  const query = toQuery(creditsRef(db), queries.dueWaiting, { nextAttemptAt: now });
  return (await query.limit(limit).get()).docs.map(({ id }) => id);
}

export async function deleteWaiting(db: Firestore, paymentId: string): Promise<void> {
  await waitingRef(db, paymentId).delete();
}
