import { readMoment, readNullable, readWhole, type Fields } from "./fields.ts";

export interface Balance {
  availableCredits: number;
  debt: number;
  frozen: number;
  /** When the last of the credits end; null when some last for ever. */
  endDate: Date | null;
  /** The number of the last ledger entry in it. */
  seq: number;
}

const noBalance: Balance = { availableCredits: 0, debt: 0, frozen: 0, endDate: null, seq: 0 };

/** The first payment makes the subscription's document. */
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
 * The balance as the ledger's newest entry says it, where that is ahead: both are written in one transaction, but watched
 * apart. The emulator sometimes says "missing" at a later time than the creation it has yet to report, which the SDK then
 * ignores as outdated for as long as the page lives.
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
