import {
  FieldValue,
  type DocumentData,
  type DocumentReference,
  type DocumentSnapshot,
  type Firestore,
} from "@google-cloud/firestore";
import * as z from "zod";
import { compareAndSet } from "../platform/compareAndSet.ts";
import { createIfMissing, parseProduct, parseSession, productRef, sessionRef } from "../payments/db.ts";
import { parseDocument } from "../platform/document.ts";
import { instant } from "../platform/instant.ts";
import { readDocument } from "../platform/knownDocument.ts";
import type { PaymentSession, Product } from "../contract/types.ts";

/**
 * `customers/{uid}`: a user as a buyer. Counts and sessions are written without preconditions, so that no two calls of
 * one user wait for each other.
 */
export const buyerSchema = z.object({
  /** By provider. `email` is the one the provider was told last. */
  providers: z
    .record(z.string(), z.object({ customerId: z.string(), email: z.string().nullable() }))
    .default({}),
  /** The calls of the last minute in which there was one; `minute` counts from 1970. */
  calls: z.object({ minute: z.int(), count: z.int() }).default({ minute: 0, count: 0 }),
  /** The checkouts handed out that may still be open, by session. */
  openSessions: z
    .record(
      z.string(),
      z.object({ provider: z.string(), requestId: z.string().nullable(), expiresAt: instant }),
    )
    .default({}),
  /** When the Firebase user was deleted, and when all that is to go with him was gone. */
  deletedAt: instant.nullable().default(null),
  forgottenAt: instant.nullable().default(null),
  createdAt: instant.nullable().default(null),
});
export type Buyer = z.infer<typeof buyerSchema>;
export type Customer = Buyer["providers"][string];

function buyerRef(db: Firestore, userId: string): DocumentReference {
  return db.collection("customers").doc(userId);
}

function parseBuyer(snapshot: DocumentSnapshot): Buyer {
  return parseDocument(snapshot, buyerSchema) ?? buyerSchema.parse({});
}

/** A user who never bought anything is a buyer without customers. */
export async function readBuyer(db: Firestore, userId: string): Promise<Buyer> {
  return parseBuyer(await buyerRef(db, userId).get());
}

/** What a purchase begins with, in one read. */
export async function readBuyerAndProduct(
  db: Firestore,
  wanted: { userId: string; provider: string; productId: string },
): Promise<{ buyer: Buyer; product: Product | undefined }> {
  const [buyer, product] = await readBoth(db, buyerRef(db, wanted.userId), productRef(db, wanted.productId));
  const known = parseProduct(product);
  return { buyer: parseBuyer(buyer), product: known?.provider === wanted.provider ? known : undefined };
}

/** What a buyer's return begins with, in one read. */
export async function readBuyerAndSession(
  db: Firestore,
  wanted: { userId: string; sessionId: string },
): Promise<{ buyer: Buyer; session: PaymentSession | undefined }> {
  const [buyer, session] = await readBoth(db, buyerRef(db, wanted.userId), sessionRef(db, wanted.sessionId));
  return { buyer: parseBuyer(buyer), session: parseSession(session) };
}

async function readBoth(
  db: Firestore,
  first: DocumentReference,
  second: DocumentReference,
): Promise<[DocumentSnapshot, DocumentSnapshot]> {
  const [a, b] = await db.getAll(first, second);
  if (!a || !b) throw new Error("Cannot read two documents: one is missing in the answer");
  return [a, b];
}

/** Counts one call; the first of a minute begins a new count. */
export async function countCall(
  db: Firestore,
  call: { userId: string; buyer: Buyer; minute: number; now: Date },
): Promise<void> {
  const { userId, buyer, minute, now } = call;
  const calls = { minute, count: buyer.calls.minute === minute ? FieldValue.increment(1) : 1 };
  await buyerRef(db, userId).set({ ...toStamps(userId, buyer, now), calls }, { merge: true });
}

/**
 * Writes a session, and that it was handed out, in place of those of the buyer that are over. Leaves a session alone
 * that is there already: a webhook or a repeated call may have been faster.
 */
export async function createSession(
  db: Firestore,
  created: {
    sessionId: string;
    session: PaymentSession;
    requestId: string | undefined;
    buyer: Buyer;
    overSessionIds: readonly string[];
    now: Date;
  },
): Promise<void> {
  const { sessionId, session, requestId = null, buyer, overSessionIds, now } = created;
  const { userId, provider, expiresAt } = session;
  const openSessions = {
    ...Object.fromEntries(overSessionIds.map((id) => [id, FieldValue.delete()])),
    [sessionId]: { provider, requestId, expiresAt },
  };
  const batch = db.batch();
  batch.create(sessionRef(db, sessionId), session);
  batch.set(buyerRef(db, userId), { ...toStamps(userId, buyer, now), openSessions }, { merge: true });
  await createIfMissing(() => batch.commit());
}

/** False when the user was deleted meanwhile: nothing is to be known of him any more. */
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

/** Notes that the user was deleted, from where on he cannot buy; the buyer as he was. */
export async function saveDeletion(
  db: Firestore,
  { userId, now }: { userId: string; now: Date },
): Promise<Buyer> {
  return await changeBuyer(db, userId, (buyer) => {
    const data = { ...toStamps(userId, buyer, now), deletedAt: now, forgottenAt: null };
    return { data: buyer.deletedAt ? undefined : data, result: buyer };
  });
}

/** Leaves of a deleted user only that he was. */
export async function forgetBuyer(
  db: Firestore,
  { userId, now }: { userId: string; now: Date },
): Promise<void> {
  await changeBuyer(db, userId, (buyer) => {
    const data = { ...toStamps(userId, buyer, now), providers: {}, openSessions: {}, forgottenAt: now };
    return { data, result: undefined };
  });
}

/** Of these sessions, those that nobody can pay any more, or that are being paid. */
export async function readOverSessionIds(
  db: Firestore,
  { sessionIds, now }: { sessionIds: readonly string[]; now: Date },
): Promise<string[]> {
  const snapshots = await db.getAll(...sessionIds.map((id) => sessionRef(db, id)));
  return snapshots.flatMap((snapshot) => {
    const session = parseSession(snapshot);
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
    const { snapshot } = readDocument(snapshots, ref, parseBuyer);
    const { data, result } = decide(parseBuyer(snapshot));
    return { changes: data ? [{ snapshot, data }] : [], result };
  });
}

function toStamps(userId: string, buyer: Buyer, now: Date): DocumentData {
  return { userId, createdAt: buyer.createdAt ?? now, updatedAt: now };
}
