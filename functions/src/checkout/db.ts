import {
  FieldValue,
  type DocumentReference,
  type DocumentSnapshot,
  type Firestore,
} from "@google-cloud/firestore";
import { buyerRef, parseBuyer, toStamps } from "../buyers/db.ts";
import type { Buyer } from "../buyers/documents.ts";
import { productRef } from "../catalogue/db.ts";
import { productDocument, type Product } from "../catalogue/documents.ts";
import { sessionRef } from "../payments/db.ts";
import { sessionDocument, type PaymentSession } from "../payments/documents.ts";
import { createIfMissing } from "../platform/compareAndSet.ts";

/** What a purchase begins with, in one read. */
export async function readBuyerAndProduct(
  db: Firestore,
  wanted: { userId: string; provider: string; productId: string },
): Promise<{ buyer: Buyer; product: Product | undefined }> {
  const [buyer, product] = await readBoth(db, buyerRef(db, wanted.userId), productRef(db, wanted.productId));
  const known = productDocument.parse(product);
  return { buyer: parseBuyer(buyer), product: known?.provider === wanted.provider ? known : undefined };
}

/** What a buyer's return begins with, in one read. */
export async function readBuyerAndSession(
  db: Firestore,
  wanted: { userId: string; sessionId: string },
): Promise<{ buyer: Buyer; session: PaymentSession | undefined }> {
  const [buyer, session] = await readBoth(db, buyerRef(db, wanted.userId), sessionRef(db, wanted.sessionId));
  return { buyer: parseBuyer(buyer), session: sessionDocument.parse(session) };
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
  const ref = sessionRef(db, sessionId);
  batch.create(ref, sessionDocument.toData(session, ref.path));
  batch.set(buyerRef(db, userId), { ...toStamps(userId, buyer, now), openSessions }, { merge: true });
  await createIfMissing(() => batch.commit());
}
