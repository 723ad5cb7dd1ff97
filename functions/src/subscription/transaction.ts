import type { Firestore, Transaction } from "@google-cloud/firestore";
import { FirestoreSource, writeChanges } from "./db.ts";
import type { AccountSource, Decision } from "./source.ts";

export interface CreditContext {
  db: Firestore;
  readonly now: () => Date;
}

/** A user's account is one document, so that his own requests wait for each other. */
const MAX_ATTEMPTS = 20;

/** Reads, decides and writes in one transaction; the body may run again. */
export async function decideInTransaction<T>(
  { db, now }: CreditContext,
  decide: (transaction: Transaction, now: Date) => Promise<Decision<T>>,
): Promise<T> {
  const decidedAt = now();
  return await db.runTransaction(
    async (transaction) => {
      const { result, changes } = await decide(transaction, decidedAt);
      if (changes) writeChanges(db, transaction, changes);
      return result;
    },
    { maxAttempts: MAX_ATTEMPTS },
  );
}

/** One decision about one user's account. */
export async function decideAccount<T, I extends { userId: string }>(
  context: CreditContext,
  input: I,
  decide: (source: AccountSource, input: I, now: Date) => Promise<Decision<T>>,
): Promise<T> {
  return await decideInTransaction(
    context,
    async (transaction, now) =>
      await decide(new FirestoreSource(context.db, transaction, input.userId), input, now),
  );
}
