import type { Entitlement } from "./entitlement.ts";
import type { Entry, Grant, Subscription } from "./types.ts";

/** A user's account around one payment: what is read before booking, and what is written after. */
export interface Account {
  subscription: Subscription | undefined;
  grant: Grant | undefined;
}

export interface Booking {
  subscription: Subscription;
  grant: Grant;
  /** Absent when only a date moved. */
  entry: Entry | undefined;
}

export interface BookingSubject {
  userId: string;
  paymentId: string;
  entitlement: Entitlement;
  /** When the entitlement began. */
  startDate: Date;
}

/**
 * The difference between what a payment entitles to and what is booked for it; undefined when there is none.
 * Debt is repaid first; what is revoked but already spent becomes debt.
 */
export function toBooking(account: Account, subject: BookingSubject, now: Date): Booking | undefined {
  const { userId, paymentId, entitlement, startDate } = subject;
  const grant = account.grant ?? emptyGrant(subject, now);
  const subscription = account.subscription ?? emptySubscription(subject, now);
  const delta = entitlement.credits - grant.amount;
  if (delta === 0 && (!account.grant || isSameDate(grant.expiresAt, entitlement.expiresAt))) return undefined;

  const owed = delta > 0 ? -Math.min(delta, subscription.debt) : Math.max(0, -delta - grant.remaining);
  const availableCredits = subscription.availableCredits + delta + owed;
  const debt = subscription.debt + owed;
  const totalCredits = subscription.totalCredits + delta;
  const seq = subscription.seq + (delta === 0 ? 0 : 1);
  const remaining = grant.remaining + delta + owed;
  return {
    subscription: {
      ...subscription,
      status: totalCredits > 0 ? "active" : "inactive",
      startDate: startDate < subscription.startDate ? startDate : subscription.startDate,
      endDate: account.subscription
        ? laterEnd(subscription.endDate, entitlement.expiresAt)
        : entitlement.expiresAt,
      totalCredits,
      availableCredits,
      debt,
      seq,
      updatedAt: now,
    },
    grant: {
      ...grant,
      amount: entitlement.credits,
      remaining,
      revoked: entitlement.revoked,
      expiresAt: entitlement.expiresAt,
      status: toGrantStatus(entitlement.credits, remaining),
      entryCount: grant.entryCount + (delta === 0 ? 0 : 1),
      updatedAt: now,
    },
    entry:
      delta === 0
        ? undefined
        : toEntry({ userId, paymentId, seq, delta, balanceAfter: availableCredits - debt }, now),
  };
}

function toEntry(
  booked: { userId: string; paymentId: string; seq: number; delta: number; balanceAfter: number },
  now: Date,
): Entry {
  const { paymentId, ...entry } = booked;
  const type = entry.delta > 0 ? "grant" : "revoke";
  return { ...entry, type, cause: { paymentId }, createdAt: now, updatedAt: now };
}

/** Created, never overwritten: a second booking of the same step fails instead of doubling it. */
export function toEntryKey(grant: Grant, paymentId: string): string {
  return `${paymentId}_${grant.entryCount}`;
}

function toGrantStatus(amount: number, remaining: number): Grant["status"] {
  if (amount === 0) return "revoked";
  return remaining > 0 ? "active" : "used";
}

function isSameDate(a: Date | null, b: Date | null): boolean {
  return a?.getTime() === b?.getTime();
}

/** Null is for ever. */
function laterEnd(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return null;
  return a > b ? a : b;
}

function emptyGrant({ userId, paymentId, entitlement }: BookingSubject, now: Date): Grant {
  const { expiresAt } = entitlement;
  const nothing = { amount: 0, remaining: 0, revoked: 0, entryCount: 0 };
  return { userId, paymentId, ...nothing, expiresAt, status: "active", createdAt: now, updatedAt: now };
}

function emptySubscription({ userId, startDate, entitlement }: BookingSubject, now: Date): Subscription {
  return {
    userId,
    status: "inactive",
    startDate,
    endDate: entitlement.expiresAt,
    totalCredits: 0,
    creditsUsed: 0,
    availableCredits: 0,
    debt: 0,
    frozen: 0,
    seq: 0,
    createdAt: now,
    updatedAt: now,
  };
}
