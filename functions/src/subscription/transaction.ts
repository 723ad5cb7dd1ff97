import type { Firestore, Transaction } from "@google-cloud/firestore";
import { FirestoreSource, writeChanges } from "./db.ts";
import type { AccountSource, Decision } from "./source.ts";

export interface CreditContext {
  db: Firestore;
  readonly now: () => Date;
}

/** A user's account is one document, so that his own requests wait for each other. */
const MAX_ATTEMPTS = 20;
const MAX_DELAY_MS = 200;

/** Reads, decides and writes in one transaction; the body may run again. */
export async function decideInTransaction<T>(
  context: CreditContext,
  decide: (transaction: Transaction, now: Date) => Promise<Decision<T>>,
): Promise<T> {
  const decidedAt = context.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runTransaction(context.db, decidedAt, decide);
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isClosed(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_DELAY_MS));
    }
  }
}

async function runTransaction<T>(
  db: Firestore,
  decidedAt: Date,
  decide: (transaction: Transaction, now: Date) => Promise<Decision<T>>,
): Promise<T> {
  return await db.runTransaction(
    async (transaction) => {
      const { result, changes } = await decide(transaction, decidedAt);
      if (changes) writeChanges(db, transaction, changes);
      return result;
    },
    { maxAttempts: MAX_ATTEMPTS },
  );
}

/**
 * The transaction lost its locks to another one before it was done. Firestore says ABORTED, which its client repeats by
 * itself; the emulator closes the transaction and answers its next read with INVALID_ARGUMENT, which the client does not.
 */
function isClosed(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === 3 && error.message.includes("Transaction is invalid or closed");
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
