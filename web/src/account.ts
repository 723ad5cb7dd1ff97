import {
  collection,
  doc,
  limit,
  onSnapshot,
  orderBy,
  query,
  where,
  type Firestore,
  type QuerySnapshot,
} from "firebase/firestore";
import { toBalance, type Balance } from "./balance.ts";
import { failed, orFailed, readMoment, readText, readWhole, type Fields } from "./fields.ts";
import type { Store } from "./store.ts";

/** One booking of the credit ledger. */
export interface Entry {
  id: string;
  seq: number;
  type: string;
  delta: number;
  balanceAfter: number;
  createdAt: Date;
}

/** `amount` and `amountRefunded` in minor units. */
export interface Payment {
  id: string;
  productId: string;
  amount: number;
  amountRefunded: number;
  currency: string;
  status: string;
  createdAt: Date;
}

/**
 * What the signed-in user sees of their account. A part is undefined until it has arrived, and `failed` if it cannot.
 */
export interface Account {
  balance: Balance | undefined | "failed";
  entries: readonly Entry[] | undefined | "failed";
  payments: readonly Payment[] | undefined | "failed";
}

export const emptyAccount: Account = { balance: undefined, entries: undefined, payments: undefined };

const SHOWN = 10;

/** Keeps the store up to date with the user's account until the returned function is called. */
export function watchAccount(db: Firestore, uid: string, store: Store<Account>): () => void {
  const update = (part: Partial<Account>): void => store.set({ ...store.get(), ...part });
  const subscription = doc(db, "subscriptions", uid);
  const entries = query(collection(subscription, "entries"), orderBy("seq", "desc"), limit(SHOWN));
  const payments = query(
    collection(db, "payments"),
    where("userId", "==", uid),
    orderBy("createdAt", "desc"),
    limit(SHOWN),
  );
  const stops = [
    onSnapshot(
      subscription,
      (found) => update({ balance: orFailed(() => toBalance(found.data())) }),
      (error) => update({ balance: failed(error) }),
    ),
    onSnapshot(
      entries,
      (found) => update({ entries: orFailed(() => toList(found, toEntry)) }),
      (error) => update({ entries: failed(error) }),
    ),
    onSnapshot(
      payments,
      (found) => update({ payments: orFailed(() => toList(found, toPayment)) }),
      (error) => update({ payments: failed(error) }),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
    store.set(emptyAccount);
  };
}

function toEntry(id: string, fields: Fields): Entry {
  return {
    id,
    seq: readWhole(fields, "seq"),
    type: readText(fields, "type"),
    delta: readWhole(fields, "delta"),
    balanceAfter: readWhole(fields, "balanceAfter"),
    createdAt: readMoment(fields, "createdAt"),
  };
}

function toPayment(id: string, fields: Fields): Payment {
  return {
    id,
    productId: readText(fields, "productId"),
    amount: readWhole(fields, "amount"),
    amountRefunded: readWhole(fields, "amountRefunded"),
    currency: readText(fields, "currency"),
    status: readText(fields, "status"),
    createdAt: readMoment(fields, "createdAt"),
  };
}

function toList<Item>(found: QuerySnapshot, toItem: (id: string, fields: Fields) => Item): Item[] {
  return found.docs.map((item) => toItem(item.id, item.data()));
}
