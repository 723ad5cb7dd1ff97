import type { StoreContext } from "../platform/context.ts";
import { GatewayError } from "../platform/errors.ts";
import { countCall, readOverSessionIds } from "./db.ts";
import type { Buyer } from "./documents.ts";

/** What one user may do. */
export interface Limits {
  /** Calls that reach the provider. */
  callsPerMinute: number;
  /** Checkouts that can be paid at the same time. */
  openSessions: number;
}

export interface LimitContext extends StoreContext {
  limits: Limits;
}

const MS_PER_MINUTE = 60_000;

/**
 * Does work that calls the provider; throws `resource_exhausted` if the buyer has no calls left in this minute. The
 * call is counted during the work, which therefore takes no longer; calls within the time of one write may each pass as
 * the last one.
 */
export async function withinLimit<T>(
  { db, limits, now }: LimitContext,
  { userId, buyer }: { userId: string; buyer: Buyer },
  work: () => Promise<T>,
): Promise<T> {
  if (buyer.deletedAt) throw new GatewayError("unauthenticated", "Expected a user whose account exists");
  const calledAt = now();
  const minute = Math.floor(calledAt.getTime() / MS_PER_MINUTE);
  const { calls } = buyer;
  if (calls.minute === minute && calls.count >= limits.callsPerMinute) {
    const reason = `Expected at most ${limits.callsPerMinute} calls a minute`;
    throw new GatewayError("resource_exhausted", reason, {
      retryAt: new Date((minute + 1) * MS_PER_MINUTE),
    });
  }
  const counting = countCall(db, { userId, buyer, minute, now: calledAt });
  // Waits for both: a refused call costs the provider as much, and nothing is sure to run after the answer.
  const [worked, counted] = await Promise.allSettled([work(), counting]);
  if (worked.status === "rejected") throw worked.reason;
  if (counted.status === "rejected") throw counted.reason;
  return worked.value;
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
  const isRepeated = requestId !== undefined && others.some(([, session]) => session.requestId === requestId);
  if (others.length < limits.openSessions || isRepeated) return expired;
  const over = await readOverSessionIds(db, { sessionIds: others.map(([id]) => id), now: askedAt });
  const open = others.filter(([id]) => !over.includes(id)).map(([, { expiresAt }]) => expiresAt.getTime());
  if (open.length < limits.openSessions) return [...expired, ...over];
  const reason = `Expected at most ${limits.openSessions} open checkouts`;
  throw new GatewayError("resource_exhausted", reason, { retryAt: new Date(Math.min(...open)) });
}
