import type { GrantCreditsResult } from "../../contract/calls.ts";
import type { Entry } from "../../contract/documents.ts";
import { GatewayError } from "../../platform/errors.ts";
import { toHash } from "../../platform/ids.ts";
import { Account, toGrantEntryKey } from "../account/account.ts";
import type { AccountSource, Decision } from "../account/source.ts";
import type { GiveInput } from "../inputs.ts";
import { bookEntitlement } from "./booking.ts";
import type { Conflict } from "./spending.ts";

export type GiveResult = ({ outcome: "granted" } & GrantCreditsResult) | Conflict;

/** Gives credits without a payment. Throws `invalid_argument` if they would have ended already. */
export async function give(
  source: AccountSource,
  input: GiveInput,
  now: Date,
): Promise<Decision<GiveResult>> {
  const { amount, key, reason, note, grantedBy, expiresAt } = input;
  const grantId = `admin_${key}`;
  const inputHash = toHash([
    amount,
    reason,
    expiresAt?.getTime() ?? "",
    ...(note === undefined ? [] : [note]),
  ]);
  const entryKey = toGrantEntryKey(grantId, 1);
  const { subscription, entry, cause } = await source.open({ entryKey, causeKey: entryKey });
  const account = new Account(source, subscription, now);
  if (entry) {
    if (entry.type !== "grant" || (cause ?? entry).inputHash !== inputHash)
      return { result: { outcome: "conflict" }, changes: undefined };
    return { result: toGiven(account, entry, { grantId, amount, repeated: true }), changes: undefined };
  }
  if (expiresAt && expiresAt <= now)
    throw new GatewayError("invalid_argument", "expiresAt: Expected a time in the future");
  const posted = await bookEntitlement(account, undefined, {
    grantId,
    entitlement: { credits: amount, revoked: 0, frozen: false, expiresAt: expiresAt ?? null },
    startDate: now,
    cause: { key, ...(note !== undefined && { note }) },
  });
  account.putCause(entryKey, { reason, grantedBy, inputHash });
  if (!posted) throw new Error(`Cannot grant "${key}" to "${input.userId}": nothing was booked`);
  const result = toGiven(account, posted, { grantId, amount, repeated: false });
  return { result, changes: account.toChanges() };
}

function toGiven(
  { subscription: { availableCredits } }: Account,
  { seq, balanceAfter }: Entry,
  given: { grantId: string; amount: number; repeated: boolean },
): GiveResult {
  return { outcome: "granted", ...given, seq, balanceAfter, availableCredits };
}
