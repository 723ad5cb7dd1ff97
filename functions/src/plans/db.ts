import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import { collections } from "../contract/collections.ts";
import type { Plan } from "../contract/documents.ts";
import { planHolderDocument } from "./documents.ts";

/** A user's plan is a part of the document of their account. */
export function planHolderRef(db: Firestore, userId: string): DocumentReference {
  return db.collection(collections.subscriptions).doc(userId);
}

/** Undefined without one. */
export async function readPlan(db: Firestore, userId: string): Promise<Plan | undefined> {
  return planHolderDocument.parse(await planHolderRef(db, userId).get())?.plan;
}
