import type { Caller } from "../platform/caller.ts";
import type { StoreContext } from "../platform/context.ts";
import { GatewayError } from "../platform/errors.ts";
import { countCall, readOverSessionIds, saveRenewal } from "./db.ts";
import type { Buyer } from "./documents.ts";

/** What one user may do. */
export interface Limits {
  /** Calls that reach the provider. */
  callsPerMinute: number;
  /** New checkouts; whoever tries out stolen cards needs one for each. */
  checkoutsPerHour: number;
  /** Checkouts that can be paid at the same time. */
  openSessions: number;
}

export interface LimitContext extends StoreContext {
  limits: Limits;
}

/** A call of a user's, who has been read as a buyer. `opens`: it opens a new checkout. */
export interface LimitedCall extends Pick<Caller, "userId" | "authenticatedAt" | "tenantId"> {
  buyer: Buyer;
  opens?: boolean;
}

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

/**
 * Does work that calls the provider; throws `resource_exhausted` if the buyer has no calls left in this minute, or no
 * checkouts in this hour if the work `opens` one. The call is counted during the work, which therefore takes no longer;
 * calls that have read the buyer by then may each pass as the last one, and `boundedPerUser` bounds how many those are.
 */
export async function withinLimit<T>(
  { db, limits, now }: LimitContext,
  call: LimitedCall,
  work: () => Promise<T>,
): Promise<T> {
  const { userId, buyer, tenantId, opens = false } = call;
  const calledAt = now();
  if (buyer.deletedAt) {
    const renewedAt = requireNewer(call, buyer.deletedAt);
    await saveRenewal(db, { userId, renewedAt, now: calledAt });
  }
  const minute = toNumber(calledAt, MS_PER_MINUTE);
  const hour = toNumber(calledAt, MS_PER_HOUR);
  if ((buyer.callsByMinute[minute] ?? 0) >= limits.callsPerMinute)
    throw toRefusal(`${limits.callsPerMinute} calls a minute`, (minute + 1) * MS_PER_MINUTE);
  if (opens && (buyer.checkoutsByHour[hour] ?? 0) >= limits.checkoutsPerHour)
    throw toRefusal(`${limits.checkoutsPerHour} new checkouts an hour`, (hour + 1) * MS_PER_HOUR);
  const count = { userId, buyer, tenantId, minute, hour: opens ? hour : undefined, now: calledAt };
  const counting = countCall(db, count);
  // Waits for both: a refused call costs the provider as much, and nothing is sure to run after the answer.
  const [worked, counted] = await Promise.allSettled([work(), counting]);
  if (worked.status === "rejected") throw worked.reason;
  if (counted.status === "rejected") throw counted.reason;
  return worked.value;
}

/**
 * When the caller signed in, if that was after the account of their id was deleted: then they have a new one. A deleted
 * account's tokens live on for up to an hour, and refreshing them does not change when their owner signed in. An account
 * whose deletion has not begun to move what it had away is not renewed.
 */
function requireNewer({ authenticatedAt, buyer }: LimitedCall, deletedAt: Date): Date {
  const isMoved = Object.keys(buyer.providers).length === 0;
  if (isMoved && authenticatedAt && authenticatedAt > deletedAt) return authenticatedAt;
  throw new GatewayError("unauthenticated", "Expected a user whose account exists");
}

/** The number of a minute or hour, counted from 1970. */
function toNumber(at: Date, ms: number): number {
  return Math.floor(at.getTime() / ms);
}

function toRefusal(limit: string, retryAt: number): GatewayError {
  return new GatewayError("resource_exhausted", `Expected at most ${limit}`, { retryAt: new Date(retryAt) });
}

/** How many calls of one user an instance works on at once; nobody who buys something makes more. */
export const CALLS_AT_ONCE = 8;
const RETRY_MS = 1_000;

/**
 * The work of a callable, which throws `resource_exhausted` instead of waiting while this instance works on
 * `CALLS_AT_ONCE` of the same user. A call has its place before it reads anything: what it reads of the user's counts then
 * lacks at most the calls that are in their places on some instance.
 */
export function boundedPerUser<Input, Result>(
  run: (caller: Caller, input: Input) => Promise<Result>,
): (caller: Caller, input: Input) => Promise<Result> {
  const running = new Map<string, number>();
  return async (caller, input) => {
    const { userId } = caller;
    const others = running.get(userId) ?? 0;
    if (others >= CALLS_AT_ONCE) throw toRefusal(`${CALLS_AT_ONCE} calls at once`, Date.now() + RETRY_MS);
    running.set(userId, others + 1);
    try {
      return await run(caller, input);
    } finally {
      const left = (running.get(userId) ?? 0) - 1;
      if (left > 0) running.set(userId, left);
      else running.delete(userId);
    }
  };
}

/** Whether a call repeats one that has opened a checkout which may still be open. */
export function isRepeated({ openSessions }: Buyer, requestId: string | undefined): boolean {
  return (
    requestId !== undefined && Object.values(openSessions).some((session) => session.requestId === requestId)
  );
}

/**
 * Throws `resource_exhausted` if the buyer has too many open checkouts, unless the call repeats an earlier one. Returns
 * those of the buyer's sessions that it found to be over: their documents are read only if there would be too many
 * otherwise.
 */
export async function requireRoomForSession(
  { db, limits, now }: LimitContext,
  buyer: Buyer,
  requestId: string | undefined,
): Promise<string[]> {
  const askedAt = now();
  const sessions = Object.entries(buyer.openSessions);
  const expired = sessions.filter(([, { expiresAt }]) => expiresAt <= askedAt).map(([id]) => id);
  const others = sessions.filter(([, { expiresAt }]) => expiresAt > askedAt);
  const isOpen = requestId !== undefined && others.some(([, session]) => session.requestId === requestId);
  if (others.length < limits.openSessions || isOpen) return expired;
  const over = await readOverSessionIds(db, { sessionIds: others.map(([id]) => id), now: askedAt });
  const open = others.filter(([id]) => !over.includes(id)).map(([, { expiresAt }]) => expiresAt.getTime());
  if (open.length < limits.openSessions) return [...expired, ...over];
  throw toRefusal(`${limits.openSessions} open checkouts`, Math.min(...open));
}
