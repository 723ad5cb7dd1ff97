import type { DocumentReference, DocumentSnapshot, Firestore } from "@google-cloud/firestore";
import * as z from "zod";
import { parseSession, parseWebhookEvent, webhookEventRef } from "../payments/db.ts";
import { parseDocument } from "../platform/document.ts";
import type { SessionStatus } from "../model/facts.ts";
import { instant } from "../platform/instant.ts";
import type { WebhookEvent } from "../contract/types.ts";

/** Where a page of a query ends: the next one begins after it. Undefined: it was the last page. */
type PageEnd = DocumentSnapshot | undefined;

/** Failed events whose next attempt is due, the longest waiting first. */
export async function readDueEvents(
  db: Firestore,
  { now, limit }: { now: Date; limit: number },
): Promise<WebhookEvent[]> {
  const { docs } = await db
    .collection("webhook_events")
    .where("status", "==", "failed")
    .where("nextAttemptAt", "<=", now)
    .orderBy("nextAttemptAt")
    .limit(limit)
    .get();
  return docs.flatMap((snapshot) => parseWebhookEvent(snapshot) ?? []);
}

export async function readEvent(
  db: Firestore,
  event: { provider: string; eventId: string },
): Promise<WebhookEvent | undefined> {
  return parseWebhookEvent(await webhookEventRef(db, event).get());
}

/** Of these events, those whose work is done. */
export async function readProcessedIds(
  db: Firestore,
  { provider, eventIds }: { provider: string; eventIds: readonly string[] },
): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  const found = await db.getAll(...eventIds.map((eventId) => webhookEventRef(db, { provider, eventId })));
  const events = found.map((snapshot) => parseWebhookEvent(snapshot));
  return new Set(events.flatMap((event) => (event?.status === "processed" ? [event.eventId] : [])));
}

/** Sessions in a state past their time, the most overdue first. */
export async function readOverdueSessions(
  db: Firestore,
  overdue: { status: SessionStatus; now: Date; limit: number; after: PageEnd },
): Promise<{ sessions: { sessionId: string; provider: string }[]; end: PageEnd }> {
  const { status, now, limit, after } = overdue;
  const query = db
    .collection("payment_sessions")
    .where("status", "==", status)
    .where("expiresAt", "<=", now)
    .orderBy("expiresAt")
    .limit(limit);
  const { docs } = await (after ? query.startAfter(after) : query).get();
  const sessions = docs.flatMap((snapshot) => {
    const session = parseSession(snapshot);
    return session ? [{ sessionId: snapshot.id, provider: session.provider }] : [];
  });
  return { sessions, end: docs.length === limit ? docs.at(-1) : undefined };
}

/** The ids of payments that changed since, oldest first. */
export async function readChangedPayments(
  db: Firestore,
  { since, limit, after }: { since: Date; limit: number; after: PageEnd },
): Promise<{ paymentIds: string[]; end: PageEnd }> {
  const query = db.collection("payments").where("updatedAt", ">=", since).orderBy("updatedAt").limit(limit);
  const { docs } = await (after ? query.startAfter(after) : query).get();
  return { paymentIds: docs.map(({ id }) => id), end: docs.length === limit ? docs.at(-1) : undefined };
}

/** Deleted users of whom something is left here or at a provider. */
export async function readUnforgottenUsers(
  db: Firestore,
  { limit, after }: { limit: number; after: PageEnd },
): Promise<{ userIds: string[]; end: PageEnd }> {
  const query = db.collection("customers").where("forgottenAt", "==", null).limit(limit);
  const { docs } = await (after ? query.startAfter(after) : query).get();
  return { userIds: docs.map(({ id }) => id), end: docs.length === limit ? docs.at(-1) : undefined };
}

const cursorSchema = z.object({ reconciledAt: instant });

function cursorRef(db: Firestore, cursor: string): DocumentReference {
  return db.collection("reconciliations").doc(cursor);
}

/** Up to when all is here that the cursor stands for; undefined before the first reconciliation. */
export async function readReconciledAt(db: Firestore, cursor: string): Promise<Date | undefined> {
  return parseDocument(await cursorRef(db, cursor).get(), cursorSchema)?.reconciledAt;
}

/** Two runs at once both end here: the cursor only goes forward. */
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
