import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import type { PaymentNews } from "../adapters/paymentAdapter.ts";
import { buyerCollections, collections } from "../contract/collections.ts";
import { paymentDocument, sessionDocument, type Payment, type PaymentSession } from "./documents.ts";

export function sessionRef(db: Firestore, sessionId: string): DocumentReference {
  return db.collection(collections.sessions).doc(sessionId);
}

export function paymentRef(db: Firestore, paymentId: string): DocumentReference {
  return db.collection(collections.payments).doc(paymentId);
}

export async function readPayment(db: Firestore, paymentId: string): Promise<Payment | undefined> {
  return paymentDocument.parse(await paymentRef(db, paymentId).get());
}

export async function readSession(db: Firestore, sessionId: string): Promise<PaymentSession | undefined> {
  return sessionDocument.parse(await sessionRef(db, sessionId).get());
}

/** The product's key in the catalogue is the provider's id of it, and two providers may use one id. */
export function freeRef(
  db: Firestore,
  { userId, provider, productId }: { userId: string; provider: string; productId: string },
): DocumentReference {
  const free = db.collection(collections.customers).doc(userId).collection(buyerCollections.free);
  return free.doc(`${provider}_${productId}`);
}

/** By our own session if there is one: the order at the provider may have been changed. */
export async function findFree(
  db: Firestore,
  provider: string,
  { order, checkout: { sessionId } }: Pick<PaymentNews, "order" | "checkout">,
): Promise<DocumentReference | undefined> {
  const ours = (await readSession(db, sessionId)) ?? order;
  return ours && freeRef(db, { userId: ours.userId, provider, productId: ours.productId });
}
