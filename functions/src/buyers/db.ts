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
import { toEndingFields, toLeft } from "./ending.ts";

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

/** By user. At most as many as one request may name. */
export async function readBuyers(db: Firestore, userIds: readonly string[]): Promise<Map<string, Buyer>> {
  if (userIds.length === 0) return new Map();
  const snapshots = await db.getAll(...userIds.map((userId) => buyerRef(db, userId)));
  return new Map(snapshots.map((snapshot) => [snapshot.id, parseBuyer(snapshot)]));
}

/** Notes where Auth knows a user, of whom no token was seen. */
export async function saveTenant(
  db: Firestore,
  { userId, tenantId, now }: { userId: string; tenantId: string | null; now: Date },
): Promise<void> {
  await changeBuyer(db, userId, (buyer) => {
    const isNoted = buyer.tenantId !== undefined;
    return {
      data: isNoted ? undefined : { ...toStamps(userId, buyer, now), tenantId },
      result: undefined,
    };
  });
}

/**
 * Counts a call in its minute, and one that opens a checkout also in its `hour`. Every count is an increment of its own
 * time, so that none gets lost, whoever else counts; times before that are deleted.
 */
export async function countCall(
  db: Firestore,
  call: {
    userId: string;
    buyer: Buyer;
    tenantId?: string | null | undefined;
    minute: number;
    hour: number | undefined;
    now: Date;
  },
): Promise<void> {
  const { userId, buyer, tenantId, minute, hour, now } = call;
  const callsByMinute = toCounts(buyer.callsByMinute, minute);
  const checkouts = hour !== undefined && { checkoutsByHour: toCounts(buyer.checkoutsByHour, hour) };
  const counts = { callsByMinute, ...checkouts, ...(tenantId !== undefined && { tenantId }) };
  await buyerRef(db, userId).set({ ...toStamps(userId, buyer, now), ...counts }, { merge: true });
}

function toCounts(known: Buyer["callsByMinute"], time: number): DocumentData {
  const earlier = Object.keys(known).filter((key) => Number(key) < time);
  return {
    ...Object.fromEntries(earlier.map((key) => [key, FieldValue.delete()])),
    [time]: FieldValue.increment(1),
  };
}

/** False if the user was deleted meanwhile: then the customer is left for the deletion to end. */
export async function saveCustomer(
  db: Firestore,
  saved: { userId: string; provider: string; customer: Customer; now: Date },
): Promise<boolean> {
  const { userId, provider, customer, now } = saved;
  return await changeBuyer(db, userId, (buyer) => {
    if (buyer.deletedAt) {
      const ending = toEndingFields(buyer, toLeft({ providers: { [provider]: customer } }));
      return { data: { ...toStamps(userId, buyer, now), ...ending }, result: false };
    }
    const providers = { ...buyer.providers, [provider]: customer };
    return { data: { ...toStamps(userId, buyer, now), providers }, result: true };
  });
}

/**
 * Lets a user buy again whose id was a deleted one's, with nothing of what that one had. A checkout that was opened while the
 * other one was deleted is ended with the rest.
 */
export async function saveRenewal(
  db: Firestore,
  { userId, renewedAt, now }: { userId: string; renewedAt: Date; now: Date },
): Promise<void> {
  await changeBuyer(db, userId, (buyer) => {
    if (!buyer.deletedAt) return { data: undefined, result: undefined };
    const { openSessions } = buyer;
    const ending = toEndingFields(buyer, toLeft({ openSessions }));
    const data = { ...ending, openSessions: {}, deletedAt: null, renewedAt };
    return { data: { ...toStamps(userId, buyer, now), ...data }, result: undefined };
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

/** Reads, decides and writes, and starts over if the buyer was changed meanwhile. */
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
