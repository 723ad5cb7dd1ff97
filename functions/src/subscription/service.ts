import type { Firestore } from "@google-cloud/firestore";
import { parseCreditablePayment, paymentRef } from "../gateway/db.ts";
import type { CreditablePayment, CreditsState } from "../gateway/types.ts";
import { toBooking, toEntryKey, type Booking } from "./booking.ts";
import {
  entryRef,
  grantRef,
  parseGrant,
  parseSubscription,
  subscriptionRef,
  writeEntry,
  writeGrant,
  writeSubscription,
} from "./db.ts";
import { toEntitlement } from "./entitlement.ts";

export interface CreditContext {
  db: Firestore;
  readonly now: () => Date;
}

export type SettledCredits =
  | { outcome: "booked"; userId: string; delta: number; balanceAfter: number; seq: number }
  | { outcome: "unchanged" }
  | { outcome: "no_payment" };

/**
 * Books the difference between what a payment entitles to now and what was booked for it. Reads everything itself, so
 * that running it twice, late or in any order ends in the same place.
 */
export async function settleCredits({ db, now }: CreditContext, paymentId: string): Promise<SettledCredits> {
  const bookedAt = now();
  return await db.runTransaction(
    async (transaction) => {
      const payment = parseCreditablePayment(await transaction.get(paymentRef(db, paymentId)));
      if (!payment) return { outcome: "no_payment" };
      const { userId } = payment;
      const refs = { subscription: subscriptionRef(db, userId), grant: grantRef(db, { userId, paymentId }) };
      const [subscription, grant] = await transaction.getAll(refs.subscription, refs.grant);
      const account = {
        subscription: subscription && parseSubscription(subscription),
        grant: grant && parseGrant(grant),
      };
      const subject = {
        userId,
        paymentId,
        entitlement: toEntitlement(payment),
        startDate: payment.paidAt ?? bookedAt,
      };
      const booking = toBooking(account, subject, bookedAt);
      if (!booking) return { outcome: "unchanged" };
      writeSubscription(transaction, refs.subscription, booking.subscription);
      writeGrant(transaction, refs.grant, booking.grant);
      const { entry } = booking;
      const key = toEntryKey(booking.grant, paymentId);
      if (entry) writeEntry(transaction, entryRef(db, { userId, key }), entry);
      return toSettled(userId, booking);
    },
    { maxAttempts: 10 },
  );
}

/** Whether the credits of a payment are booked. */
export async function readCreditsState(
  db: Firestore,
  paymentId: string,
  payment: CreditablePayment,
): Promise<CreditsState> {
  const { credits } = toEntitlement(payment);
  if (credits === 0) return "none";
  const grant = parseGrant(await grantRef(db, { userId: payment.userId, paymentId }).get());
  return grant?.amount === credits ? "granted" : "pending";
}

function toSettled(
  userId: string,
  { entry, subscription: { availableCredits, debt, seq } }: Booking,
): SettledCredits {
  return { outcome: "booked", userId, delta: entry?.delta ?? 0, balanceAfter: availableCredits - debt, seq };
}
