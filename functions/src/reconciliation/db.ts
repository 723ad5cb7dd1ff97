import type { DocumentReference, DocumentSnapshot, Firestore } from "@google-cloud/firestore";
import * as z from "zod";
import type { SessionStatus } from "../contract/codes.ts";
import { collections } from "../contract/collections.ts";
import { sessionDocument } from "../payments/documents.ts";
import { parseDocument } from "../platform/document.ts";
import { instant } from "../platform/instant.ts";
import { defineQuery, toQuery } from "../platform/query.ts";

export const queries = {
  overdueSessions: defineQuery({
    collection: collections.sessions,
    where: { status: "==", expiresAt: "<=" },
    orderBy: { expiresAt: "asc" },
  }),
  changedPayments: defineQuery({
    collection: collections.payments,
    where: { updatedAt: ">=" },
    orderBy: { updatedAt: "asc" },
  }),
  unforgottenUsers: defineQuery({ collection: collections.customers, where: { forgottenAt: "==" } }),
};

/** Where a page of a query ends: the next one begins after it. Undefined: it was the last page. */
type PageEnd = DocumentSnapshot | undefined;

/** Sessions in a state past their time, the most overdue first. */
export async function readOverdueSessions(
  db: Firestore,
  overdue: { status: SessionStatus; now: Date; limit: number; after: PageEnd },
): Promise<{ sessions: { sessionId: string; provider: string }[]; end: PageEnd }> {
  const { status, now, limit, after } = overdue;
  const query = toQuery(db, queries.overdueSessions, { status, expiresAt: now }).limit(limit);
  const { docs } = await (after ? query.startAfter(after) : query).get();
  const sessions = docs.flatMap((snapshot) => {
    const session = sessionDocument.parse(snapshot);
    return session ? [{ sessionId: snapshot.id, provider: session.provider }] : [];
  });
  return { sessions, end: docs.length === limit ? docs.at(-1) : undefined };
}

/** The ids of payments that changed since, oldest first. */
export async function readChangedPayments(
  db: Firestore,
  { since, limit, after }: { since: Date; limit: number; after: PageEnd },
): Promise<{ paymentIds: string[]; end: PageEnd }> {
  const query = toQuery(db, queries.changedPayments, { updatedAt: since }).limit(limit);
  const { docs } = await (after ? query.startAfter(after) : query).get();
  return { paymentIds: docs.map(({ id }) => id), end: docs.length === limit ? docs.at(-1) : undefined };
}

/** Deleted users of whom something is left here or at a provider. */
export async function readUnforgottenUsers(
  db: Firestore,
  { limit, after }: { limit: number; after: PageEnd },
): Promise<{ userIds: string[]; end: PageEnd }> {
  const query = toQuery(db, queries.unforgottenUsers, { forgottenAt: null }).limit(limit);
  const { docs } = await (after ? query.startAfter(after) : query).get();
  return { userIds: docs.map(({ id }) => id), end: docs.length === limit ? docs.at(-1) : undefined };
}

const cursorSchema = z.object({ reconciledAt: instant });

function cursorRef(db: Firestore, cursor: string): DocumentReference {
  return db.collection(collections.reconciliations).doc(cursor);
}

/**
 * The time up to which everything this cursor stands for has been processed; undefined before the first reconciliation.
 */
export async function readReconciledAt(db: Firestore, cursor: string): Promise<Date | undefined> {
  return parseDocument(await cursorRef(db, cursor).get(), cursorSchema)?.reconciledAt;
}

/** Two runs may save; the cursor only moves forward. */
export async function saveReconciledAt(
  db: Firestore,
  { cursor, reconciledAt, now }: { cursor: string; reconciledAt: Date; now: Date },
): Promise<void> {
  const ref = cursorRef(db, cursor);
  await db.runTransaction(async (transaction) => {
    const snapshot = await transaction.get(ref);
    const known = parseDocument(snapshot, cursorSchema)?.reconciledAt;
    if (known && known >= reconciledAt) return;
    const createdAt: unknown = snapshot.get("createdAt") ?? now;
    transaction.set(ref, { reconciledAt, createdAt, updatedAt: now });
  });
}
