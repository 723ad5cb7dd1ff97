import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import type { ProviderEvent } from "../adapters/paymentAdapter.ts";
import { collections } from "../contract/collections.ts";
import type { StoreContext } from "../platform/context.ts";
import { MS_PER_DAY } from "../platform/instant.ts";
import { readPage, type Page } from "../platform/reading/page.ts";
import { defineQuery, DOCUMENT_ID, toQuery } from "../platform/query.ts";
import { webhookEventDocument, type WebhookEvent } from "./documents.ts";

/** Longer than any provider repeats an event, see "Resend" in https://docs.stripe.com/webhooks */
const INBOX_MS = 90 * MS_PER_DAY;
const MAX_ERROR_LENGTH = 1_000;
/** With the delays of `toDelayMs`, two to three days. */
const MAX_EVENT_ATTEMPTS = 14;

export const queries = {
  dueEvents: defineQuery({
    collection: collections.webhookEvents,
    where: { status: "==", nextAttemptAt: "<=" },
    orderBy: { nextAttemptAt: "asc", [DOCUMENT_ID]: "asc" },
  }),
};

/** An event's name in the inbox: providers may use the same ids. */
export interface EventSubject {
  provider: string;
  event: ProviderEvent;
}

export function webhookEventRef(
  db: Firestore,
  event: { provider: string; eventId: string },
): DocumentReference {
  return db.collection(collections.webhookEvents).doc(`${event.provider}_${event.eventId}`);
}

export async function readEvent(
  db: Firestore,
  event: { provider: string; eventId: string },
): Promise<WebhookEvent | undefined> {
  return webhookEventDocument.parse(await webhookEventRef(db, event).get());
}

/** Returns the ids of those of the events that are in the inbox: their work is done, or is tried again when it is due. */
export async function readKnownIds(
  db: Firestore,
  { provider, eventIds }: { provider: string; eventIds: readonly string[] },
): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  const refs = eventIds.map((eventId) => webhookEventRef(db, { provider, eventId }));
  // Of no field: one of another shape is known as well.
  const found = await db.getAll(...refs, { fieldMask: [] });
  return new Set(eventIds.filter((_, index) => found[index]?.exists));
}

/** Failed events whose next attempt is due, the longest waiting first. */
export async function readDueEvents(
  db: Firestore,
  { now, ...wanted }: { now: Date; limit: number; after: string | undefined },
): Promise<Page<WebhookEvent | undefined>> {
  const query = toQuery(db, queries.dueEvents, { status: "failed", nextAttemptAt: now });
  return await readPage(query, { ...wanted, orderedBy: "nextAttemptAt", parse: webhookEventDocument.parse });
}

/**
 * Keeps what an event needs whose work failed, unless another delivery has done the work meanwhile. Each
 * failure doubles the delay until the next attempt; the last one marks the event dead.
 */
export async function saveFailedEvent(
  { db, now }: StoreContext,
  failed: EventSubject & { error: unknown; payload: string },
): Promise<{ attempts: number; status: "failed" | "dead" }> {
  const { provider, event, error, payload } = failed;
  const failedAt = now();
  const ref = webhookEventRef(db, { provider, eventId: event.eventId });
  return await db.runTransaction(async (transaction) => {
    const known = webhookEventDocument.parse(await transaction.get(ref));
    const entry = toEntry({ provider, event }, { known, now: failedAt });
    const { attempts } = entry;
    const isDead = attempts >= MAX_EVENT_ATTEMPTS;
    const status = isDead ? "dead" : "failed";
    if (known?.status === "processed") return { attempts, status };
    const saved: WebhookEvent = {
      ...entry,
      status,
      nextAttemptAt: isDead ? null : new Date(failedAt.getTime() + toDelayMs(attempts)),
      error: error instanceof Error ? error.message.slice(0, MAX_ERROR_LENGTH) : "Unknown error",
      payload,
    };
    transaction.set(ref, saved);
    return { attempts, status };
  });
}

/** The inbox entry of an event whose work is done. */
export function toDoneEntry(
  subject: EventSubject,
  at: { known: WebhookEvent | undefined; now: Date },
): WebhookEvent {
  return {
    ...toEntry(subject, at),
    status: "processed",
    error: null,
    payload: null,
    nextAttemptAt: null,
  };
}

/** One minute, doubled with each attempt, half a day at the most. */
function toDelayMs(attempts: number): number {
  return Math.min(2 ** (attempts - 1), 720) * 60_000;
}

/** The inbox entry for one more attempt at an event. */
function toEntry(
  { provider, event }: EventSubject,
  { known, now }: { known: WebhookEvent | undefined; now: Date },
): Omit<WebhookEvent, "status" | "error" | "payload" | "nextAttemptAt"> {
  return {
    provider,
    eventId: event.eventId,
    type: event.type,
    attempts: (known?.attempts ?? 0) + 1,
    expireAt: new Date(now.getTime() + INBOX_MS),
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
  };
}
