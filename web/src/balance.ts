import { readMoment, readNullable, readWhole, type Fields } from "./fields.ts";

export interface Balance {
  availableCredits: number;
  debt: number;
  frozen: number;
  /** When the last of the credits end; null if some last forever. */
  endDate: Date | null;
  /** The number of the last ledger entry in it. */
  seq: number;
}

const noBalance: Balance = { availableCredits: 0, debt: 0, frozen: 0, endDate: null, seq: 0 };

/** There is no document of the subscription before the first payment. */
export function toBalance(fields: Fields | undefined): Balance {
  if (!fields) return noBalance;
  return {
    availableCredits: readWhole(fields, "availableCredits"),
    debt: readWhole(fields, "debt"),
    frozen: readWhole(fields, "frozen"),
    endDate: readNullable(fields, "endDate", readMoment),
    seq: readWhole(fields, "seq"),
  };
}

/**
 * The balance by the ledger's newest entry, if that is ahead: both are written in one commit, but watched separately.
 * The emulator sometimes reports "missing" with a later time than the creation, which the SDK then ignores as outdated
 * until the page is reloaded.
 *
 * @see https://github.com/firebase/firebase-tools/issues/3867
 */
export function toNewestBalance(
  balance: Balance,
  newest: { seq: number; balanceAfter: number } | undefined,
): Balance {
  if (!newest || newest.seq <= balance.seq) return balance;
  const { seq, balanceAfter } = newest;
  return { ...balance, seq, availableCredits: Math.max(0, balanceAfter), debt: Math.max(0, -balanceAfter) };
}
