import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import { collections } from "../contract/collections.ts";
import { paymentDocument, type Payment } from "./documents.ts";

export function sessionRef(db: Firestore, sessionId: string): DocumentReference {
  return db.collection(collections.sessions).doc(sessionId);
}

export function paymentRef(db: Firestore, paymentId: string): DocumentReference {
  return db.collection(collections.payments).doc(paymentId);
}

export async function readPayment(db: Firestore, paymentId: string): Promise<Payment | undefined> {
  return paymentDocument.parse(await paymentRef(db, paymentId).get());
}
