import { compareAndSet } from "../platform/compareAndSet.ts";
import type { StoreContext } from "../platform/context.ts";
import { noFacts } from "../model/facts.ts";
import { paymentRef } from "./db.ts";
import { mergePaymentFacts } from "./merge.ts";
import { readAllOfWhole, toWholeChanges } from "./whole.ts";

/**
 * Brings a payment to the present shape: what its user is not to read is moved out of it, and what follows from its facts is
 * derived anew. Returns whether anything changed.
 */
export async function movePayment({ db, now }: StoreContext, paymentId: string): Promise<boolean> {
  const movedAt = now();
  const paymentAt = paymentRef(db, paymentId);
  return await compareAndSet(db, [paymentAt], (snapshots) => {
    const whole = readAllOfWhole(snapshots, paymentAt);
    if (!whole.known) return { changes: [], result: false };
    const changes = toWholeChanges(whole, mergePaymentFacts(whole.known, noFacts, movedAt));
    return { changes, result: changes.length > 0 };
  });
}
