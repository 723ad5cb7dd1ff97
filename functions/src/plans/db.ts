import type { Firestore } from "@google-cloud/firestore";
import type { Plan } from "../contract/documents.ts";
import { subscriptionRef } from "../credits/db.ts";
import { planHolderDocument } from "./documents.ts";

/** Undefined without one. */
export async function readPlan(db: Firestore, userId: string): Promise<Plan | undefined> {
  return planHolderDocument.parse(await subscriptionRef(db, userId).get())?.plan;
}
