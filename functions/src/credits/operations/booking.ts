import type { Entry, Grant, GrantCause } from "../../contract/documents.ts";
import { Account, toBalance } from "../account/account.ts";
import { updateDates } from "../account/dates.ts";
import { expireAndRepay } from "../account/debt.ts";
import { FOR_EVER, isSameGrant, toGrant } from "../account/grant.ts";
import type { AccountSource, Decision } from "../account/source.ts";
import type { Entitlement } from "../entitlement.ts";

export interface BookingSubject {
  grantId: string;
  entitlement: Entitlement;
  /** When the entitlement begins. */
  startDate: Date;
  cause: GrantCause;
}

export type Booked =
  | { outcome: "booked"; delta: number; balanceAfter: number; seq: number; availableCredits: number }
  | { outcome: "unchanged" };

/**
 * Books the difference between what a payment, an admin or the app entitles to and what is booked for it. Debt is
 * repaid first. What is revoked is taken from what remains of its own grant, then from the user's other grants, then
 * becomes debt. What a payment takes from others comes first from those it names.
 */
export async function book(
  source: AccountSource,
  subject: BookingSubject,
  now: Date,
): Promise<Decision<Booked>> {
  const { subscription, grant } = await source.open({ grantId: subject.grantId });
  const account = new Account(source, subscription, now);
  if (grant) account.know([grant]);
  const entry = await bookEntitlement(account, grant, subject);
  const changes = account.toChanges();
  if (!changes) return { result: { outcome: "unchanged" }, changes };
  const { seq, availableCredits } = changes.subscription;
  const balanceAfter = toBalance(changes.subscription);
  return {
    result: { outcome: "booked", delta: entry?.delta ?? 0, balanceAfter, seq, availableCredits },
    changes,
  };
}

/** The entry; undefined if the balance stays as it is. */
export async function bookEntitlement(
  account: Account,
  known: Grant | undefined,
  subject: BookingSubject,
): Promise<Entry | undefined> {
  const { entitlement, startDate, grantId, cause } = subject;
  const { credits, revoked, taken = 0, takenFrom = [], frozen, expiresAt } = entitlement;
  if (!known && credits === 0 && revoked === 0 && taken === 0) return undefined;
  const terms = { amount: credits, revoked, taken, frozen, expiresAt, startDate };
  const grant = toGrant(known ?? emptyGrant(account, subject), terms, account.now);
  if (known && isSameGrant(known, grant)) return undefined;
  await updateDates(account, known, grant);
  const entry = account.bookGrant(grant, (delta) => ({
    type: delta > 0 ? "grant" : "revoke",
    delta,
    grantId,
    cause,
  }));
  await expireAndRepay(account, takenFrom);
  return entry;
}

function emptyGrant(
  { source: { userId }, now }: Account,
  { grantId, cause, startDate, entitlement: { expiresAt } }: BookingSubject,
): Grant {
  const paymentId = "paymentId" in cause ? cause.paymentId : null;
  const nothing = { amount: 0, used: 0, repaid: 0, expired: 0, remaining: 0, revoked: 0, entryCount: 0 };
  const dates = {
    startDate,
    expiresAt,
    spendableUntil: expiresAt ?? FOR_EVER,
    createdAt: now,
    updatedAt: now,
  };
  return { userId, grantId, paymentId, ...nothing, ...dates, status: "revoked" };
}
