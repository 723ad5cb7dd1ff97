import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import type { Buyer } from "../buyers/documents.ts";
import { collections } from "../contract/collections.ts";
import { subscriptionRef } from "../credits/db.ts";
import type { Plan } from "../model/plan.ts";
import { planHolderDocument } from "./documents.ts";
import { toLivePlans } from "./live.ts";

export function planRef(db: Firestore, planId: string): DocumentReference {
  return db.collection(collections.plans).doc(planId);
}

/** The user's live plans. Reads only for one whose plans were never written since there may be several. */
export async function readLivePlans(
  db: Firestore,
  { userId, buyer }: { userId: string; buyer: Buyer },
): Promise<Plan[]> {
  if (buyer.plans) return toLivePlans(buyer, undefined);
  return toLivePlans(buyer, planHolderDocument.parse(await subscriptionRef(db, userId).get())?.plan);
}
