import { ConflictError, untilNoConflict } from "../platform/compareAndSet.ts";
import type { StoreContext } from "../platform/context.ts";
import type { AccountSource, Decision } from "./account/source.ts";
import { FirestoreSource } from "./db.ts";

/** What the credit functions need; they know no provider and no secret. */
export type CreditContext = StoreContext;

/**
 * Reads, decides and writes in one commit. Every change of an account also writes its subscription, so a commit that
 * finds the subscription as it was read has found the whole account as it was. No other lock is needed: of two requests
 * of one user at once, the second one needs another attempt. `decideOnce` may run several times; what it reads besides
 * the account may have changed when the commit succeeds. It may open one account only.
 */
export async function decide<T>(
  context: CreditContext,
  decideOnce: (openAccount: (userId: string) => AccountSource, now: Date) => Promise<Decision<T>>,
): Promise<T> {
  const decidedAt = context.now();
  return await untilNoConflict(async () => {
    let source: FirestoreSource | undefined;
    const openAccount = (userId: string) => {
      if (source)
        throw new Error(`Cannot open the account of "${userId}": the decision is about "${source.userId}"`);
      return (source = new FirestoreSource(context.db, userId));
    };
    const [decided] = await Promise.allSettled([
      decideOnce(openAccount, decidedAt).then(async ({ changes, result }) => {
        if (changes) await source?.write(changes);
        return { isCommitted: changes !== undefined, result };
      }),
    ]);
    if (decided.status === "fulfilled" && decided.value.isCommitted) return decided.value.result;
    if (decided.status === "rejected" && decided.reason instanceof ConflictError) throw decided.reason;
    // Without a commit, nothing else shows whether what was read at several moments belongs together. What does not may
    // also be refused as unreadable before it is committed.
    if (await source?.isOutdated()) throw new ConflictError("The account has changed since it was opened");
    if (decided.status === "rejected") throw decided.reason;
    return decided.value.result;
  });
}

/** One decision about one user's account. */
export async function decideAccount<T, I extends { userId: string }>(
  context: CreditContext,
  input: I,
  decideOnce: (source: AccountSource, input: I, now: Date) => Promise<Decision<T>>,
): Promise<T> {
  return await decide(
    context,
    async (openAccount, now) => await decideOnce(openAccount(input.userId), input, now),
  );
}
