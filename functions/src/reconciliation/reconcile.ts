import * as z from "zod";
import type { PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { requireAdapter, requireValue, type ProviderContext } from "../adapters/require.ts";
import type { NoInput, ReconciliationReport, ReconciliationTally } from "../contract/calls.ts";
import { readDueWaiting } from "../credits/waiting/db.ts";
import { settlePayment, settleWaiting } from "../credits/waiting/settlePayment.ts";
import { requireForgotten, resumeDeletion, type ForgottenUser } from "../deletion/forgetUser.ts";
import { readDueEvents, readProcessedIds } from "../inbox/db.ts";
import type { WebhookEvent } from "../inbox/documents.ts";
import { EventError } from "../inbox/processEvent.ts";
import { applyNews } from "../news/applyNews.ts";
import type { SubscribedTwice } from "../plans/save.ts";
import type { ProjectContext } from "../platform/context.ts";
import { MS_PER_DAY } from "../platform/instant.ts";
import { acceptsExactly } from "../platform/schema.ts";
import type { OwnerContext } from "../deletion/owners.ts";
import { handleEvent, type HandledEvent } from "../webhooks/dispatch.ts";
import { redrive } from "../webhooks/redrive.ts";
import {
  readChangedPayments,
  readOverdueSessions,
  readReconciledAt,
  readUnforgottenUsers,
  saveReconciledAt,
} from "./db.ts";

export const runReconciliationInput = acceptsExactly<NoInput>()(z.strictObject({}).nullish());

/** Providers may list an event some time after its date. */
const OVERLAP_MS = 10 * 60_000;
/**
 * How far the first reconciliation looks back. Stripe lists events for 30 days, see
 * https://docs.stripe.com/api/events/list
 */
const FIRST_LOOK_BACK_MS = 29 * MS_PER_DAY;
const PAGE_SIZE = 100;
/** The cursor of our own payments, beside those of the providers: none of them can have this name. */
const CREDITS = "_credits";

export type ReconciliationContext = ProjectContext & ProviderContext & OwnerContext;

export interface ReconciliationOptions {
  /** Called with everything that could not be repaired, for the log. */
  onFailure: (failure: { step: keyof ReconciliationReport; id: string; error: unknown }) => void;
  /** Called with what an event brought to light. */
  onSubscribedTwice?: (twice: SubscribedTwice) => void;
  /** Called with what a run of a user's deletion did. */
  onForgotten?: (forgotten: ForgottenUser) => void;
}

/**
 * Finds and repairs what webhooks, triggers and crashes left behind, at every registered provider. It may be stopped
 * anywhere and run again, even alongside another run, because it uses the functions of the webhook and the trigger. If
 * a provider's events cannot be listed, throws after everything else is done.
 */
export async function reconcilePayments(
  context: ReconciliationContext,
  options: ReconciliationOptions,
): Promise<ReconciliationReport> {
  const startedAt = context.now();
  const run: Run = { context, startedAt, options };
  const walks: Walk[] = await Promise.all(
    context.adapters.providers.map(async (provider) => ({ provider, since: await readSince(run, provider) })),
  );
  // Both before the walk, which then sees the events they cause.
  const deletions = await forgetDeletedUsers(run);
  const inbox = await redriveDueEvents(run);
  const events = emptyTally();
  const walked = await Promise.allSettled(walks.map((walk) => walkEvents(run, walk, events)));
  const sessions = await checkOverdueSessions(run);
  const credits = emptyTally();
  await retryWaitingCredits(run, credits);
  const areBooked = await bookMissingCredits(run, await readSince(run, CREDITS), credits);
  const cursors = walks.flatMap(({ provider }, index) => {
    const walk = walked[index];
    return walk?.status === "fulfilled" && walk.value ? [provider] : [];
  });
  if (areBooked) cursors.push(CREDITS);
  for (const cursor of cursors)
    await saveReconciledAt(context.db, { cursor, reconciledAt: startedAt, now: context.now() });
  const failed = walked.find((walk) => walk.status === "rejected");
  if (failed) throw failed.reason;
  return { events, sessions, inbox, credits, deletions };
}

interface Run {
  context: ReconciliationContext;
  startedAt: Date;
  options: ReconciliationOptions;
}

/** One provider's events since the start of the last run that saw them all. */
interface Walk {
  provider: string;
  since: Date;
}

async function readSince({ context, startedAt }: Run, cursor: string): Promise<Date> {
  const known = await readReconciledAt(context.db, cursor);
  return new Date((known?.getTime() ?? startedAt.getTime() - FIRST_LOOK_BACK_MS) - OVERLAP_MS);
}

async function redriveDueEvents(run: Run): Promise<ReconciliationTally> {
  const { context, startedAt } = run;
  const tally = emptyTally();
  const tried = new Set<string>();
  for (;;) {
    // An attempt moves its event out of the query; one that could not be saved must not be tried forever.
    const due = await readDueEvents(context.db, { now: startedAt, limit: PAGE_SIZE });
    const untried = due.filter((entry) => !tried.has(toName(entry)));
    if (untried.length === 0) return tally;
    for (const entry of untried) {
      tried.add(toName(entry));
      await tryRepair(run, tally, { step: "inbox", id: entry.eventId }, async () => {
        report(run, await redrive(context, await requireAdapter(context, entry.provider), entry));
        return true;
      });
    }
  }
}

function toName({ provider, eventId }: WebhookEvent): string {
  return `${provider}_${eventId}`;
}

/** Whether every event was seen, and is either done or in the inbox with a next attempt. */
async function walkEvents(run: Run, { provider, since }: Walk, tally: ReconciliationTally): Promise<boolean> {
  const { context } = run;
  const adapter = await requireAdapter(context, provider);
  if (!adapter.listEvents) return true;
  let isKept = true;
  let cursor: string | undefined;
  do {
    const listed = await adapter.listEvents({ since, cursor });
    const { events, next } = requireValue(listed, "Cannot list events");
    const eventIds = events.map(({ event }) => event.eventId);
    const processed = await readProcessedIds(context.db, { provider, eventIds });
    for (const { event, payload } of events) {
      if (processed.has(event.eventId)) tally.seen += 1;
      else {
        const error = await tryRepair(run, tally, { step: "events", id: event.eventId }, async () => {
          return report(run, await handleEvent(context, adapter, { event, payload: () => payload })).changed;
        });
        isKept &&= error === undefined || error instanceof EventError;
      }
    }
    cursor = next;
  } while (cursor !== undefined);
  return isKept;
}

function report({ options }: Run, handled: HandledEvent): HandledEvent {
  if (handled.subscribedTwice) options.onSubscribedTwice?.(handled.subscribedTwice);
  return handled;
}

async function checkOverdueSessions(run: Run): Promise<ReconciliationTally> {
  const { context, startedAt: now } = run;
  const tally = emptyTally();
  for (const status of ["created", "processing"] as const) {
    let after: Awaited<ReturnType<typeof readOverdueSessions>>["end"];
    do {
      const page = await readOverdueSessions(context.db, { status, now, limit: PAGE_SIZE, after });
      for (const { sessionId, provider } of page.sessions) {
        await tryRepair(run, tally, { step: "sessions", id: sessionId }, async () => {
          return await checkSession(context, await requireAdapter(context, provider), sessionId);
        });
      }
      after = page.end;
    } while (after);
  }
  return tally;
}

async function checkSession(
  context: ReconciliationContext,
  adapter: PaymentAdapter,
  sessionId: string,
): Promise<boolean> {
  const fetched = await adapter.fetchCheckout(sessionId);
  const news = requireValue(fetched, `Cannot fetch session "${sessionId}"`);
  return (await applyNews(context, adapter, news)).changed;
}

/** Payments whose credits could not be booked a day ago. */
async function retryWaitingCredits(run: Run, tally: ReconciliationTally): Promise<void> {
  const { context, startedAt } = run;
  const tried = new Set<string>();
  for (;;) {
    // An attempt moves its payment out of the query; one that could not be saved must not be tried forever.
    const due = await readDueWaiting(context.db, { now: startedAt, limit: PAGE_SIZE });
    const untried = due.filter((paymentId) => !tried.has(paymentId));
    if (untried.length === 0) return;
    for (const paymentId of untried) {
      tried.add(paymentId);
      await tryBooking(run, tally, paymentId, settleWaiting);
    }
  }
}

/** Whether the cursor may move on: nothing else would find credits that are neither booked nor waiting by themselves. */
async function bookMissingCredits(run: Run, since: Date, tally: ReconciliationTally): Promise<boolean> {
  const { context } = run;
  let areBooked = true;
  let after: Awaited<ReturnType<typeof readChangedPayments>>["end"];
  do {
    const page = await readChangedPayments(context.db, { since, limit: PAGE_SIZE, after });
    for (const paymentId of page.paymentIds) {
      const error = await tryBooking(run, tally, paymentId, settlePayment);
      areBooked &&= error === undefined || error instanceof WaitingError;
    }
    after = page.end;
  } while (after);
  return areBooked;
}

/** The payment waits by itself. */
class WaitingError extends Error {
  override readonly name = "WaitingError";
}

async function tryBooking(
  run: Run,
  tally: ReconciliationTally,
  paymentId: string,
  settle: typeof settlePayment,
): Promise<unknown> {
  return await tryRepair(run, tally, { step: "credits", id: paymentId }, async () => {
    const settled = await settle(run.context, paymentId);
    if (settled.outcome === "waiting" && settled.isNew) throw new WaitingError(settled.reason);
    return settled.outcome === "booked";
  });
}

async function forgetDeletedUsers(run: Run): Promise<ReconciliationTally> {
  const { context } = run;
  const tally = emptyTally();
  let after: Awaited<ReturnType<typeof readUnforgottenUsers>>["end"];
  do {
    const page = await readUnforgottenUsers(context.db, { limit: PAGE_SIZE, after });
    for (const userId of page.userIds) {
      await tryRepair(run, tally, { step: "deletions", id: userId }, async () => {
        const forgotten = await resumeDeletion(context, userId);
        run.options.onForgotten?.(forgotten);
        requireForgotten(forgotten);
        return true;
      });
    }
    after = page.end;
  } while (after);
  return tally;
}

function emptyTally(): ReconciliationTally {
  return { seen: 0, repaired: 0, failed: 0 };
}

/** Counts a repair. Returns what it threw, so that one failure does not stop the other repairs. */
async function tryRepair(
  { options }: Run,
  tally: ReconciliationTally,
  subject: { step: keyof ReconciliationReport; id: string },
  repair: () => Promise<boolean>,
): Promise<unknown> {
  tally.seen += 1;
  try {
    if (await repair()) tally.repaired += 1;
    return undefined;
  } catch (error) {
    tally.failed += 1;
    options.onFailure({ ...subject, error });
    return error;
  }
}
