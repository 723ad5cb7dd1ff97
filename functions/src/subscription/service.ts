import type { Firestore } from "@google-cloud/firestore";
import { parseCreditablePayment, paymentRef } from "../gateway/db.ts";
import type { CreditablePayment, CreditsState } from "../gateway/types.ts";
import { book, type Booked } from "./booking.ts";
import { FirestoreSource, grantRef, parseGrant } from "./db.ts";
import { toEntitlement } from "./entitlement.ts";
import type { Decision } from "./source.ts";
import { decideInTransaction, type CreditContext } from "./transaction.ts";

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
export { readPlan, savePlan } from "./plan.ts";
export type { Plan } from "./types.ts";
export { sweepExpired } from "./sweep.ts";
export type { CreditContext } from "./transaction.ts";

export type SettledCredits = (Booked & { userId: string }) | { outcome: "no_payment" };

/**
 * Books the difference between what a payment entitles to now and what was booked for it. Reads everything itself, so
 * that running it twice, late or in any order ends in the same place.
 */
export async function settleCredits(context: CreditContext, paymentId: string): Promise<SettledCredits> {
  return await decideInTransaction(context, async (transaction, now): Promise<Decision<SettledCredits>> => {
    const payment = parseCreditablePayment(await transaction.get(paymentRef(context.db, paymentId)));
    if (!payment) return { result: { outcome: "no_payment" }, changes: undefined };
    const { userId, paidAt } = payment;
    const source = new FirestoreSource(context.db, transaction, userId);
    const entitlement = toEntitlement(payment);
    const subject = { grantId: paymentId, entitlement, startDate: paidAt ?? now, cause: { paymentId } };
    const { result, changes } = await book(source, subject, now);
    return { result: { ...result, userId }, changes };
  });
}

/** Whether the credits of a payment are booked. Those of a disputed one are not to be had. */
export async function readCreditsState(
  db: Firestore,
  paymentId: string,
  payment: CreditablePayment,
): Promise<CreditsState> {
  const { credits, frozen } = toEntitlement(payment);
  if (credits === 0 || frozen) return "none";
  const grant = parseGrant(await grantRef(db, { userId: payment.userId, grantId: paymentId }).get());
  return grant?.amount === credits ? "granted" : "pending";
}
