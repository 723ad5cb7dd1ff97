import type { Entry, Hold, Take } from "../../contract/documents.ts";
import { toHash } from "../../platform/ids.ts";
import { Account } from "../account/account.ts";
import { expireAndRepay } from "../account/debt.ts";
import { endHold, isLapsed, putBack } from "../account/lapse.ts";
import type { AccountSource, Decision } from "../account/source.ts";
import { take, toFunds } from "../account/take.ts";
import type { CaptureInput, HoldInput, ReleaseInput } from "../inputs.ts";
import type { Conflict, InsufficientCredits } from "./spending.ts";

export interface NoHold {
  outcome: "no_hold";
}

/** The hold has ended in another way: nothing was done. */
export interface HoldEnded {
  outcome: "ended";
  status: Exclude<Hold["status"], "open">;
}

/** `repeated`: it was held already. */
export type HoldResult =
  | { outcome: "held"; amount: number; expiresAt: Date; availableCredits: number; repeated: boolean }
  | InsufficientCredits
  | Conflict
  | HoldEnded;

/** `released` is how much of the hold came back. */
export type CaptureResult =
  | {
      outcome: "captured";
      amount: number;
      released: number;
      seq: number;
      balanceAfter: number;
      availableCredits: number;
      repeated: boolean;
    }
  | { outcome: "exceeds_hold"; held: number }
  | NoHold
  | Conflict
  | HoldEnded;

/** `amount` is what came back of the hold. */
export type ReleaseResult =
  { outcome: "released"; amount: number; availableCredits: number; repeated: boolean } | NoHold | HoldEnded;

export async function hold(
  source: AccountSource,
  input: HoldInput,
  now: Date,
): Promise<Decision<HoldResult>> {
  const { amount, key, reason, expiresInSeconds } = input;
  const inputHash = toHash([amount, reason, expiresInSeconds]);
  const opened = await source.open({ holdKey: key });
  const account = new Account(source, opened.subscription, now);
  if (opened.hold) return await answerRepeatedHold(account, opened.hold, inputHash);
  const takes = await take(account, amount);
  if (!takes) return toDecision(account, { outcome: "insufficient_credits", ...toFunds(account) });
  const expiresAt = new Date(now.getTime() + expiresInSeconds * 1_000);
  account.add({ held: amount });
  account.putHold({
    userId: input.userId,
    key,
    amount,
    reason,
    status: "open",
    captured: 0,
    takes,
    inputHash,
    expiresAt,
    createdAt: now,
    updatedAt: now,
  });
  const { availableCredits } = account.subscription;
  return toDecision(account, { outcome: "held", amount, expiresAt, availableCredits, repeated: false });
}

async function answerRepeatedHold(
  account: Account,
  known: Hold,
  inputHash: string,
): Promise<Decision<HoldResult>> {
  if (known.inputHash !== inputHash) return toDecision(account, { outcome: "conflict" });
  if (isLapsed(known, account.now)) return await decideLapsed(account, known);
  const { status, amount, expiresAt } = known;
  if (status !== "open") return toDecision(account, { outcome: "ended", status });
  const { availableCredits } = account.subscription;
  return toDecision(account, { outcome: "held", amount, expiresAt, availableCredits, repeated: true });
}

export async function capture(
  source: AccountSource,
  input: CaptureInput,
  now: Date,
): Promise<Decision<CaptureResult>> {
  const { amount, key } = input;
  const entryKey = `capture_${key}`;
  const { subscription, hold: known, entry } = await source.open({ holdKey: key, entryKey });
  const account = new Account(source, subscription, now);
  if (!known) return toDecision(account, { outcome: "no_hold" });
  if (isLapsed(known, now)) return await decideLapsed(account, known);
  if (entry)
    return toDecision(account, known.captured === amount ? toCaptured(account, known, entry) : conflict);
  if (known.status !== "open") return toDecision(account, { outcome: "ended", status: known.status });
  if (amount > known.amount) return toDecision(account, { outcome: "exceeds_hold", held: known.amount });

  const { taken, left } = splitTakes(known.takes, amount);
  const captured: Hold = { ...known, status: "captured", captured: amount, updatedAt: now };
  account.putHold(captured);
  account.add({ held: -known.amount, creditsUsed: amount });
  const cause = { key, reason: known.reason, hold: true };
  const { inputHash } = known;
  const posted = account.post(entryKey, { type: "spend", delta: -amount, cause, takes: taken, inputHash });
  await putBack(account, left);
  await expireAndRepay(account);
  return toDecision(account, { ...toCaptured(account, captured, posted), repeated: false });
}

export async function release(
  source: AccountSource,
  input: ReleaseInput,
  now: Date,
): Promise<Decision<ReleaseResult>> {
  const { subscription, hold: known } = await source.open({ holdKey: input.key });
  const account = new Account(source, subscription, now);
  if (!known) return toDecision(account, { outcome: "no_hold" });
  if (isLapsed(known, now)) return await decideLapsed(account, known);
  const { amount, status } = known;
  if (status === "captured" || status === "expired") return toDecision(account, { outcome: "ended", status });
  const repeated = status === "released";
  if (!repeated) {
    await endHold(account, known, "released");
    await expireAndRepay(account);
  }
  const { availableCredits } = account.subscription;
  return toDecision(account, { outcome: "released", amount, availableCredits, repeated });
}

const conflict: Conflict = { outcome: "conflict" };

function toDecision<T>(account: Account, result: T): Decision<T> {
  return { result, changes: account.toChanges() };
}

async function decideLapsed(account: Account, known: Hold): Promise<Decision<HoldEnded>> {
  await endHold(account, known, "expired");
  await expireAndRepay(account);
  return toDecision(account, { outcome: "ended", status: "expired" });
}

function toCaptured(account: Account, { captured, amount }: Hold, { seq, balanceAfter }: Entry) {
  const { availableCredits } = account.subscription;
  const released = amount - captured;
  return {
    outcome: "captured" as const,
    amount: captured,
    released,
    seq,
    balanceAfter,
    availableCredits,
    repeated: true,
  };
}

/** Spends the credits in the order in which they were held. */
function splitTakes(takes: readonly Take[], amount: number): { taken: Take[]; left: Take[] } {
  const taken: Take[] = [];
  const left: Take[] = [];
  let missing = amount;
  for (const { grantId, amount: held } of takes) {
    const spent = Math.min(missing, held);
    missing -= spent;
    if (spent > 0) taken.push({ grantId, amount: spent });
    if (held > spent) left.push({ grantId, amount: held - spent });
  }
  return { taken, left };
}
