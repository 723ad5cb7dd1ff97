import type { Grant } from "../../contract/documents.ts";
import type { Account } from "./account.ts";
import { FOR_EVER } from "./grant.ts";

/**
 * Updates the subscription's dates for a changed grant, before that is put. A new grant only widens them; if a grant
 * moves or stops counting, the others are read.
 */
export async function updateDates(account: Account, before: Grant | undefined, after: Grant): Promise<void> {
  if (before ? isMoved(before, after) : isUnclear(account, after))
    account.setDates(await readDates(account, after));
  else if (!before) account.setDates(toWidened(account, after));
}

/**
 * An end at the start says that no grant counts, or that one ended when it began. It matters only for a new grant
 * that would move both to before that.
 */
function isUnclear({ subscription: { startDate, endDate } }: Account, grant: Grant): boolean {
  if (!startDate || endDate?.getTime() !== startDate.getTime()) return false;
  return (toEnd(grant) ?? grant.startDate) < startDate;
}

function isMoved(before: Grant, after: Grant): boolean {
  return (
    before.startDate.getTime() !== after.startDate.getTime() ||
    toEnd(before)?.getTime() !== toEnd(after)?.getTime()
  );
}

function toWidened({ subscription }: Account, grant: Grant) {
  const startDate = earlier(subscription.startDate ?? grant.startDate, grant.startDate);
  const knownEnd = toKnownEnd(subscription);
  return { startDate, endDate: toEndDate(later(knownEnd, toEnd(grant)) ?? startDate) };
}

/** The last end of the grants that count; undefined if none does, which an end at the start says. */
function toKnownEnd({ startDate, endDate }: Account["subscription"]): Date | undefined {
  if (!startDate || endDate?.getTime() === startDate.getTime()) return undefined;
  return endDate ?? FOR_EVER;
}

async function readDates(account: Account, grant: Grant) {
  const { firstStart, lastEnd } = await account.source.readOtherDates(grant.grantId);
  const startDate = earlier(firstStart ?? grant.startDate, grant.startDate);
  return { startDate, endDate: toEndDate(later(lastEnd, toEnd(grant)) ?? startDate) };
}

/** When a grant ends; undefined if it does not count. */
function toEnd({ amount, spendableUntil }: Grant): Date | undefined {
  return amount > 0 ? spendableUntil : undefined;
}

function toEndDate(end: Date): Date | null {
  return end < FOR_EVER ? end : null;
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

function later(a: Date | undefined, b: Date | undefined): Date | undefined {
  if (!a || !b) return a ?? b;
  return a > b ? a : b;
}
