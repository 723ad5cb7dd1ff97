import { noFacts } from "../model/facts.ts";
import { compareAndSet } from "../platform/compareAndSet.ts";
import type { StoreContext } from "../platform/context.ts";
import { paymentRef } from "./db.ts";
import { mergePaymentFacts } from "./merge.ts";
import { readWhole, toWholeChanges } from "./whole.ts";

/**
 * Notes that a payment entitles to nothing, for good: its trigger then takes its credits back, as after a refund. Returns
 * false if that was noted before, or there is no such payment.
 */
export async function revokePayment({ db, now }: StoreContext, paymentId: string): Promise<boolean> {
  const revokedAt = now();
  const facts = { ...noFacts, revoked: { at: revokedAt } };
  const paymentAt = paymentRef(db, paymentId);
  return await compareAndSet(db, [paymentAt], (snapshots) => {
    const whole = readWhole(snapshots, paymentAt, facts);
    if (!whole.known || whole.known.payment.facts.revoked) return { changes: [], result: false };
    const next = mergePaymentFacts(whole.known, facts, revokedAt);
    return { changes: toWholeChanges(whole, next), result: true };
  });
}
