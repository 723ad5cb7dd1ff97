import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import { collections, reconciliationCollections } from "../../contract/collections.ts";
import { compareAndSet } from "../../platform/compareAndSet.ts";
import type { StoreContext } from "../../platform/context.ts";
import { readDocument, toChange } from "../../platform/document.ts";
import { MS_PER_DAY } from "../../platform/instant.ts";
import { readPage, type Page } from "../../platform/reading/page.ts";
import { defineQuery, DOCUMENT_ID, toQuery } from "../../platform/query.ts";
import { waitingDocument } from "./documents.ts";

export const queries = {
  dueWaiting: defineQuery({
    collection: reconciliationCollections.waiting,
    where: { nextAttemptAt: "<=" },
    orderBy: { nextAttemptAt: "asc", [DOCUMENT_ID]: "asc" },
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

/** Payments that have waited long enough, the longest waiting first; their documents say nothing that is needed. */
export async function readDueWaiting(
  db: Firestore,
  { now, ...wanted }: { now: Date; limit: number; after: string | undefined },
): Promise<Page<unknown>> {
  const query = toQuery(creditsRef(db), queries.dueWaiting, { nextAttemptAt: now });
  return await readPage(query, { ...wanted, orderedBy: "nextAttemptAt", parse: () => undefined });
}

export async function deleteWaiting(db: Firestore, paymentId: string): Promise<void> {
  await waitingRef(db, paymentId).delete();
}
