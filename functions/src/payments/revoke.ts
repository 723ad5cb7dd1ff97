import { noFacts } from "../model/facts.ts";
import { compareAndSet } from "../platform/compareAndSet.ts";
import type { StoreContext } from "../platform/context.ts";
import { readDocument, toChangeIfNew } from "../platform/document.ts";
import { paymentRef } from "./db.ts";
import { paymentDocument } from "./documents.ts";
import { mergePaymentFacts } from "./merge.ts";

/**
 * Notes that a payment entitles to nothing, for good: its trigger then takes its credits back, as after a refund. Returns
 * false if that was noted before, or there is no such payment.
 */
export async function revokePayment({ db, now }: StoreContext, paymentId: string): Promise<boolean> {
  const revokedAt = now();
  const ref = paymentRef(db, paymentId);
  return await compareAndSet(db, [ref], (snapshots) => {
    const document = readDocument(snapshots, ref, paymentDocument);
    if (!document.known || document.known.facts.revoked) return { changes: [], result: false };
    const facts = { ...noFacts, revoked: { at: revokedAt } };
    const payment = mergePaymentFacts(document.known, facts, revokedAt);
    return { changes: toChangeIfNew(document, payment), result: true };
  });
}
