import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from "@google-cloud/firestore";
import { parseDocument } from "../gateway/document.ts";
import { grantSchema, subscriptionSchema, type Entry, type Grant, type Subscription } from "./types.ts";

export function subscriptionRef(db: Firestore, userId: string): DocumentReference {
  return db.collection("subscriptions").doc(userId);
}

export function grantRef(db: Firestore, grant: { userId: string; paymentId: string }): DocumentReference {
  return subscriptionRef(db, grant.userId).collection("grants").doc(grant.paymentId);
}

export function entryRef(db: Firestore, entry: { userId: string; key: string }): DocumentReference {
  return subscriptionRef(db, entry.userId).collection("entries").doc(entry.key);
}

export function parseSubscription(snapshot: DocumentSnapshot): Subscription | undefined {
  return parseDocument(snapshot, subscriptionSchema);
}

export function parseGrant(snapshot: DocumentSnapshot): Grant | undefined {
  return parseDocument(snapshot, grantSchema);
}

export function writeSubscription(
  transaction: Transaction,
  ref: DocumentReference,
  subscription: Subscription,
): void {
  transaction.set(ref, subscription);
}

export function writeGrant(transaction: Transaction, ref: DocumentReference, grant: Grant): void {
  transaction.set(ref, grant);
}

export function writeEntry(transaction: Transaction, ref: DocumentReference, entry: Entry): void {
  transaction.create(ref, entry);
}
