import type { Grant } from "../../contract/documents.ts";

/** The `spendableUntil` of credits without an end, so that one index orders all grants. */
export const FOR_EVER = new Date(Date.UTC(9999, 11, 31));

/** What a grant's other numbers follow from. */
export interface GrantTerms {
  amount: number;
  revoked: number;
  /** What it takes from other grants. */
  taken: number;
  /** Credits of it that were spent or are held. */
  used: number;
  frozen: boolean;
  startDate: Date;
  expiresAt: Date | null;
}

function toTerms(grant: Grant): GrantTerms {
  const { amount, revoked, taken = 0, used, status, startDate, expiresAt } = grant;
  return { amount, revoked, taken, used, frozen: status === "frozen", startDate, expiresAt };
}

/**
 * The grant on other terms. Its unused credits go first into debt that it repays already, then into what had run out;
 * the rest remains. A frozen grant repays nothing.
 */
export function toGrant(grant: Grant, changes: Partial<GrantTerms>, now: Date): Grant {
  const { frozen, taken, ...terms } = { ...toTerms(grant), ...changes };
  const unused = Math.max(0, terms.amount - terms.used);
  const repaid = frozen ? 0 : Math.min(grant.repaid, unused);
  const spendableUntil = terms.expiresAt ?? FOR_EVER;
  const endMoved = spendableUntil.getTime() !== grant.spendableUntil.getTime();
  const expired = endMoved && spendableUntil > now ? 0 : Math.min(grant.expired, unused - repaid);
  const taking = taken > 0 ? { taken } : {};
  const { taken: _before, ...rest } = grant;
  return withRemaining(
    { ...rest, ...taking, ...terms, spendableUntil, repaid, expired, updatedAt: now },
    frozen,
  );
}

/** The grant with credits moved into another grant's debt, or back if negative. */
export function toRepaying(grant: Grant, amount: number, now: Date): Grant {
  return withRemaining({ ...grant, repaid: grant.repaid + amount, updatedAt: now }, false);
}

/** The grant with all that remained booked as expired. */
export function toExpired(grant: Grant, now: Date): Grant {
  return withRemaining({ ...grant, expired: grant.expired + grant.remaining, updatedAt: now }, false);
}

function withRemaining(grant: Grant, frozen: boolean): Grant {
  const remaining = Math.max(0, grant.amount - grant.used) - grant.repaid - grant.expired;
  return { ...grant, remaining, status: toStatus({ ...grant, remaining }, frozen) };
}

function toStatus({ amount, remaining, expired }: Grant, frozen: boolean): Grant["status"] {
  if (amount === 0) return "revoked";
  if (frozen) return "frozen";
  if (remaining > 0) return "active";
  return expired > 0 ? "expired" : "used";
}

/**
 * The grant's part of the debt: what was used beyond what it gives now and what it takes from others, less what it repays
 * of others.
 */
export function toDebt({ amount, used, taken = 0, repaid }: Grant): number {
  return Math.max(0, used - amount) + taken - repaid;
}

/** What the grant adds to all that was ever granted. */
export function toTotal({ amount, taken = 0 }: Grant): number {
  return amount - taken;
}

export function toSpendable({ status, remaining }: Grant): number {
  return status === "active" ? remaining : 0;
}

export function toFrozen({ status, remaining }: Grant): number {
  return status === "frozen" ? remaining : 0;
}

/** The sum of the grant's ledger entries, without what was spent. */
export function toBooked(grant: Grant): number {
  return toTotal(grant) - grant.expired;
}

export function isPast({ spendableUntil }: Grant, now: Date): boolean {
  return spendableUntil <= now;
}

/** The order of spending: what ends first, then what began first. */
export function bySpendOrder(a: Grant, b: Grant): number {
  return (
    a.spendableUntil.getTime() - b.spendableUntil.getTime() ||
    a.startDate.getTime() - b.startDate.getTime() ||
    (a.grantId < b.grantId ? -1 : Number(a.grantId > b.grantId))
  );
}

export function isSameGrant(a: Grant, b: Grant): boolean {
  return (
    a.amount === b.amount &&
    a.revoked === b.revoked &&
    a.taken === b.taken &&
    a.status === b.status &&
    a.startDate.getTime() === b.startDate.getTime() &&
    a.spendableUntil.getTime() === b.spendableUntil.getTime()
  );
}
