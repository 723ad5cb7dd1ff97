import { onSnapshot, type DocumentReference } from "firebase/firestore";
import { failed, orFailed, readMoment, readNullable, readWhole, type Fields } from "./fields.ts";

export interface Balance {
  availableCredits: number;
  debt: number;
  frozen: number;
  /** When the last of the credits end; null when some last for ever. */
  endDate: Date | null;
  /** The number of the last ledger entry in it. */
  seq: number;
}

export interface BalanceWatch {
  /** Says that the ledger has reached this entry. */
  expect: (seq: number) => void;
  stop: () => void;
}

const noBalance: Balance = { availableCredits: 0, debt: 0, frozen: 0, endDate: null, seq: 0 };
/** How long the balance may be behind the ledger, with which it is written in one transaction. */
const PATIENCE_MS = 500;

/**
 * Watches the balance, and starts anew when it falls behind the ledger. The emulator sometimes says "missing" at a later
 * time than the creation it has yet to report, which the SDK then ignores as outdated: without this, a first purchase
 * could show 0 credits until a reload.
 *
 * @see https://github.com/firebase/firebase-tools/issues/3867
 */
export function watchBalance(
  subscription: DocumentReference,
  onBalance: (balance: Balance | "failed") => void,
): BalanceWatch {
  let seen = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = start();

  function start(): () => void {
    return onSnapshot(
      subscription,
      (found) => {
        const balance = orFailed(() => toBalance(found.data()));
        seen = balance === "failed" ? seen : balance.seq;
        onBalance(balance);
      },
      (error) => onBalance(failed(error)),
    );
  }

  return {
    expect(seq) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (seen >= seq) return;
        stop();
        stop = start();
      }, PATIENCE_MS);
    },
    stop() {
      clearTimeout(timer);
      stop();
    },
  };
}

/** The first payment makes the subscription's document. */
function toBalance(fields: Fields | undefined): Balance {
  if (!fields) return noBalance;
  return {
    availableCredits: readWhole(fields, "availableCredits"),
    debt: readWhole(fields, "debt"),
    frozen: readWhole(fields, "frozen"),
    endDate: readNullable(fields, "endDate", readMoment),
    seq: readWhole(fields, "seq"),
  };
}
