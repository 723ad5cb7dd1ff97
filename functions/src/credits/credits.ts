import type { Entry } from "../contract/documents.ts";
import { requireInput } from "../platform/input.ts";
import { Audit, type AuditResult } from "./audit.ts";
import { entriesQuery, parseEntries, readWholeAccount } from "./db.ts";
import { decideAccount, type CreditContext } from "./decide.ts";
import {
  auditInput,
  captureInput,
  giveInput,
  holdInput,
  readEntriesInput,
  releaseInput,
  spendInput,
  type CaptureInput,
  type GiveInput,
  type HoldInput,
  type ReadEntriesInput,
  type ReleaseInput,
  type SpendInput,
} from "./inputs.ts";
import { close } from "./operations/closing.ts";
import { expire, type Expired } from "./operations/expiry.ts";
import { give, type GiveResult } from "./operations/giving.ts";
import {
  capture,
  hold,
  release,
  type CaptureResult,
  type HoldResult,
  type ReleaseResult,
} from "./operations/holds.ts";
import { spend, type SpendResult } from "./operations/spending.ts";

/*
 * What an app's own functions do with credits. Amounts are whole numbers of credits from 1 to 1 000 000 000. Every call
 * with a key may be repeated: it is done once, and the same key with another input is a `conflict`. Invalid input
 * throws a GatewayError `invalid_argument`; an outage throws another error, and the call may be repeated.
 */

/** Spends all of the amount or nothing, first the credits that end first. */
export async function spendCredits(context: CreditContext, input: SpendInput): Promise<SpendResult> {
  return await decideAccount(context, requireInput(spendInput, input), spend);
}

/**
 * Reserves credits for work whose price is not known yet: they can be spent only with `captureHold`, even if their
 * grant ends meanwhile. After `expiresInSeconds` they come back by themselves.
 */
export async function holdCredits(context: CreditContext, input: HoldInput): Promise<HoldResult> {
  return await decideAccount(context, requireInput(holdInput, input), hold);
}

/** Spends what was used of a hold, at most what is held, and releases the rest. */
export async function captureHold(context: CreditContext, input: CaptureInput): Promise<CaptureResult> {
  return await decideAccount(context, requireInput(captureInput, input), capture);
}

/** Gives back all of a hold. */
export async function releaseHold(context: CreditContext, input: ReleaseInput): Promise<ReleaseResult> {
  return await decideAccount(context, requireInput(releaseInput, input), release);
}

/** Gives credits without a payment: a promotion, a compensation. Debt is repaid first. */
export async function grantCredits(context: CreditContext, input: GiveInput): Promise<GiveResult> {
  return await decideAccount(context, requireInput(giveInput, input), give);
}

/** Books which of a user's credits have run out. Spending never takes those, booked or not. */
export async function expireAccount(context: CreditContext, userId: string): Promise<Expired> {
  return await decideAccount(context, { userId }, async (source, _input, now) => await expire(source, now));
}

/** Ends all that a user whose account was deleted could still spend. */
export async function closeAccount(context: CreditContext, userId: string): Promise<void> {
  for (let more = true; more;) {
    ({ more } = await decideAccount(
      context,
      { userId },
      async (source, _input, now) => await close(source, now),
    ));
  }
}

/** Entries of a user's ledger, newest first. `next` is the `before` of the following page; null on the last. */
export async function readEntries(
  { db }: Pick<CreditContext, "db">,
  input: ReadEntriesInput,
): Promise<{ entries: Entry[]; next: number | null }> {
  const { userId, limit, before } = requireInput(readEntriesInput, input);
  const entries = parseEntries((await entriesQuery(db, userId, before).limit(limit).get()).docs);
  const last = entries.at(-1)?.seq ?? 1;
  return { entries, next: last > 1 ? last : null };
}

/** Recomputes a user's account from all of its entries, grants and holds, as of one point in time. */
export async function auditAccount({ db }: Pick<CreditContext, "db">, userId: string): Promise<AuditResult> {
  requireInput(auditInput, { userId });
  return await db.runTransaction(
    async (transaction) => {
      const account = readWholeAccount(db, transaction, userId);
      const audit = new Audit();
      const subscription = await account.subscription();
      for await (const entry of account.entries()) audit.addEntry(entry);
      for await (const held of account.holds()) audit.addHold(held);
      for await (const grant of account.grants()) audit.addGrant(grant);
      return audit.finish(subscription);
    },
    { readOnly: true },
  );
}
