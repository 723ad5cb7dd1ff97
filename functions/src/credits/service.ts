import type { Firestore, Timestamp } from "@google-cloud/firestore";
import { parseCreditablePayment, paymentRef } from "../payments/db.ts";
import type { CreditablePayment, CreditsState } from "../contract/types.ts";
import { book, type Booked } from "./operations/booking.ts";
import { grantRef, isSameTime, parseGrant } from "./db.ts";
import { toEntitlement } from "./entitlement.ts";
import type { Decision } from "./account/source.ts";
import { decide, type CreditContext } from "./decide.ts";

export {
  auditAccount,
  captureHold,
  expireAccount,
  grantCredits,
  holdCredits,
  readEntries,
  releaseHold,
  spendCredits,
} from "./credits.ts";
export { readPlan, savePlan } from "../plans/savePlan.ts";
export type { Plan } from "./types.ts";
export { sweepExpired } from "./sweep.ts";
export type { CreditContext } from "./decide.ts";

export type SettledCredits = (Booked & { userId: string }) | { outcome: "no_payment" };

/**
 * Books the difference between what a payment entitles to now and what was booked for it. Reads everything itself, so
 * that running it twice, late or in any order ends in the same place.
 */
export async function settleCredits(context: CreditContext, paymentId: string): Promise<SettledCredits> {
  const ref = paymentRef(context.db, paymentId);
  for (;;) {
    let decidedOn: Timestamp | undefined;
    const settled = await decide(context, async (openAccount, now): Promise<Decision<SettledCredits>> => {
      const snapshot = await ref.get();
      decidedOn = snapshot.updateTime;
      const payment = parseCreditablePayment(snapshot);
      if (!payment) return { result: { outcome: "no_payment" }, changes: undefined };
      const { userId, paidAt } = payment;
      const entitlement = toEntitlement(payment);
      const subject = { grantId: paymentId, entitlement, startDate: paidAt ?? now, cause: { paymentId } };
      const { result, changes } = await book(openAccount(userId), subject, now);
      return { result: { ...result, userId }, changes };
    });
    // Another delivery may have seen a later payment while the account still was as that one wants it.
    if (settled.outcome !== "booked" || isSameTime(decidedOn, (await ref.get()).updateTime)) return settled;
  }
}

/** How many credits are booked for a payment. */
export async function readGrantedCredits(
  db: Firestore,
  { userId, paymentId }: { userId: string; paymentId: string },
): Promise<number> {
  return parseGrant(await grantRef(db, { userId, grantId: paymentId }).get())?.amount ?? 0;
}

/** Whether all credits of a payment are booked. Those of a disputed one are not to be had. */
export function toCreditsState(payment: CreditablePayment, grantedCredits: number): CreditsState {
  const { credits, frozen } = toEntitlement(payment);
  if (credits === 0 || frozen) return "none";
  return grantedCredits === credits ? "granted" : "pending";
}
