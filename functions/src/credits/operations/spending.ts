import { toHash } from "../../platform/ids.ts";
import { Account } from "../account/account.ts";
import type { AccountSource, Decision } from "../account/source.ts";
import { take, toFunds, type Funds } from "../account/take.ts";
import type { SpendInput } from "../inputs.ts";

/** The user has fewer credits than asked for; the funds say how many. */
export type InsufficientCredits = { outcome: "insufficient_credits" } & Funds;

/** The key was used with another input: nothing was done. */
export interface Conflict {
  outcome: "conflict";
}

/** `repeated`: an earlier call with this key had spent it. `availableCredits` is what is left now. */
export type SpendResult =
  | {
      outcome: "spent";
      amount: number;
      seq: number;
      balanceAfter: number;
      availableCredits: number;
      repeated: boolean;
    }
  | InsufficientCredits
  | Conflict;

export async function spend(
  source: AccountSource,
  input: SpendInput,
  now: Date,
): Promise<Decision<SpendResult>> {
  const { amount, key, reason } = input;
  const entryKey = `spend_${key}`;
  const inputHash = toHash([amount, reason]);
  const { subscription, entry } = await source.open({ entryKey });
  const account = new Account(source, subscription, now);
  if (entry) {
    if (entry.type !== "spend" || entry.inputHash !== inputHash)
      return { result: { outcome: "conflict" }, changes: undefined };
    const { availableCredits } = account.subscription;
    const { seq, balanceAfter } = entry;
    return {
      result: { outcome: "spent", amount, seq, balanceAfter, availableCredits, repeated: true },
      changes: undefined,
    };
  }
  const takes = await take(account, amount);
  if (!takes)
    return {
      result: { outcome: "insufficient_credits", ...toFunds(account) },
      changes: account.toChanges(),
    };
  account.add({ creditsUsed: amount });
  const cause = { key, reason, hold: false };
  const { seq, balanceAfter } = account.post(entryKey, {
    type: "spend",
    delta: -amount,
    cause,
    takes,
    inputHash,
  });
  const { availableCredits } = account.subscription;
  return {
    result: { outcome: "spent", amount, seq, balanceAfter, availableCredits, repeated: false },
    changes: account.toChanges(),
  };
}
