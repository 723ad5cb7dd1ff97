import { isDeepStrictEqual } from "node:util";
import type { DocumentReference, DocumentSnapshot } from "@google-cloud/firestore";
import type { ProviderEvent } from "../adapters/paymentAdapter.ts";
import type { Change } from "./compareAndSet.ts";
import { toInboxEntry } from "../payments/db.ts";
import type { WebhookEvent } from "../contract/types.ts";

/** A document that was read, and what it says; `known` is undefined where there is none. */
export interface KnownDocument<T> {
  snapshot: DocumentSnapshot;
  known: T | undefined;
}

export function readDocument<T>(
  snapshots: ReadonlyMap<string, DocumentSnapshot>,
  ref: DocumentReference,
  parse: (snapshot: DocumentSnapshot) => T | undefined,
): KnownDocument<T> {
  const snapshot = snapshots.get(ref.path);
  if (!snapshot) throw new Error(`Cannot read document "${ref.path}": it was not asked for`);
  return { snapshot, known: parse(snapshot) };
}

/** The write that makes a document what it is to be; none where only `updatedAt` would change. */
export function toChanges<T extends { updatedAt: Date }>(
  { snapshot, known }: KnownDocument<T>,
  next: T,
): Change[] {
  const isSame = known !== undefined && isDeepStrictEqual({ ...known, updatedAt: next.updatedAt }, next);
  return isSame ? [] : [{ snapshot, data: next }];
}

/** Notes in the inbox that an event's work is done, unless that is noted there (`duplicate`). */
export function settleEvent(
  inbox: KnownDocument<WebhookEvent> | undefined,
  { provider, event, now }: { provider: string; event: ProviderEvent | undefined; now: Date },
): { outcome: "applied" | "duplicate"; changes: Change[] } {
  if (!inbox || !event) return { outcome: "applied", changes: [] };
  const { snapshot, known } = inbox;
  if (known?.status === "processed") return { outcome: "duplicate", changes: [] };
  return {
    outcome: "applied",
    changes: [{ snapshot, data: toDoneEntry(provider, event, { known, now }) }],
  };
}

/** The inbox entry of an event whose work is done. */
export function toDoneEntry(
  provider: string,
  event: ProviderEvent,
  at: { known: WebhookEvent | undefined; now: Date },
): WebhookEvent {
  const done = { status: "processed", error: null, payload: null, nextAttemptAt: null } as const;
  return { ...toInboxEntry(provider, event, at), ...done };
}
