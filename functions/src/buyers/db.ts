import {
  FieldValue,
  type DocumentData,
  type DocumentReference,
  type DocumentSnapshot,
  type Firestore,
} from "@google-cloud/firestore";
import { collections } from "../contract/collections.ts";
import { sessionRef } from "../payments/db.ts";
import { sessionDocument } from "../payments/documents.ts";
import { compareAndSet } from "../platform/compareAndSet.ts";
import { parseDocument, requireSnapshot } from "../platform/document.ts";
import { buyerSchema, type Buyer, type Customer } from "./documents.ts";

export function buyerRef(db: Firestore, userId: string): DocumentReference {
  return db.collection(collections.customers).doc(userId);
}

/** A user who never bought anything is a buyer without customers. */
export function parseBuyer(snapshot: DocumentSnapshot): Buyer {
  return parseDocument(snapshot, buyerSchema) ?? buyerSchema.parse({});
}

export async function readBuyer(db: Firestore, userId: string): Promise<Buyer> {
  return parseBuyer(await buyerRef(db, userId).get());
}

/**
 * Counts a call in its minute, and one that opens a checkout also in its `hour`. Every count is an increment of its own
 * time, so that none gets lost, whoever else counts; times before that are deleted.
 */
export async function countCall(
  db: Firestore,
  call: { userId: string; buyer: Buyer; minute: number; hour: number | undefined; now: Date },
): Promise<void> {
  const { userId, buyer, minute, hour, now } = call;
  const callsByMinute = toCounts(buyer.callsByMinute, minute);
  const checkouts = hour !== undefined && { checkoutsByHour: toCounts(buyer.checkoutsByHour, hour) };
  const counts = { callsByMinute, ...checkouts };
  await buyerRef(db, userId).set({ ...toStamps(userId, buyer, now), ...counts }, { merge: true });
}

function toCounts(known: Buyer["callsByMinute"], time: number): DocumentData {
  const earlier = Object.keys(known).filter((key) => Number(key) < time);
  return {
    ...Object.fromEntries(earlier.map((key) => [key, FieldValue.delete()])),
    [time]: FieldValue.increment(1),
  };
}

/** False, and nothing written, if the user was deleted meanwhile. */
export async function saveCustomer(
  db: Firestore,
  saved: { userId: string; provider: string; customer: Customer; now: Date },
): Promise<boolean> {
  const { userId, provider, customer, now } = saved;
  return await changeBuyer(db, userId, (buyer) => {
    if (buyer.deletedAt) return { data: undefined, result: false };
    const providers = { ...buyer.providers, [provider]: customer };
    return { data: { ...toStamps(userId, buyer, now), providers }, result: true };
  });
}

/** Notes that the user was deleted, after which they cannot buy. Returns the buyer as it was before. */
export async function saveDeletion(
  db: Firestore,
  { userId, now }: { userId: string; now: Date },
): Promise<Buyer> {
  return await changeBuyer(db, userId, (buyer) => {
    const data = { ...toStamps(userId, buyer, now), deletedAt: now, forgottenAt: null };
    return { data: buyer.deletedAt ? undefined : data, result: buyer };
  });
}

/** Deletes what is known of a deleted user, except that they were deleted. */
export async function forgetBuyer(
  db: Firestore,
  { userId, now }: { userId: string; now: Date },
): Promise<void> {
  await changeBuyer(db, userId, (buyer) => {
    const nothing = { providers: {}, openSessions: {}, plans: {} };
    const data = { ...toStamps(userId, buyer, now), ...nothing, forgottenAt: now };
    return { data, result: undefined };
  });
}

/** Which of these sessions are over: nobody can pay them any more, or they are being paid. */
export async function readOverSessionIds(
  db: Firestore,
  { sessionIds, now }: { sessionIds: readonly string[]; now: Date },
): Promise<string[]> {
  const snapshots = await db.getAll(...sessionIds.map((id) => sessionRef(db, id)));
  return snapshots.flatMap((snapshot) => {
    const session = sessionDocument.parse(snapshot);
    return session?.status === "created" && session.expiresAt > now ? [] : [snapshot.id];
  });
}

async function changeBuyer<T>(
  db: Firestore,
  userId: string,
  decide: (buyer: Buyer) => { data: DocumentData | undefined; result: T },
): Promise<T> {
  const ref = buyerRef(db, userId);
  return await compareAndSet(db, [ref], (snapshots) => {
    const snapshot = requireSnapshot(snapshots, ref);
    const { data, result } = decide(parseBuyer(snapshot));
    return { changes: data ? [{ snapshot, data }] : [], result };
  });
}

export function toStamps(userId: string, buyer: Buyer, now: Date): DocumentData {
  return { userId, createdAt: buyer.createdAt ?? now, updatedAt: now };
}
