import type { Free } from "./documents.ts";

/** So many are kept: those that ended long ago meet no new one. */
const MAX_WINDOWS = 50;

/** Whether something free is given, and what is known afterwards. A repeated question has the same answer. */
export interface FreeDecision {
  isGiven: boolean;
  free: Free;
}

/** A free time of a recurring product: given unless another one of the same product runs at that time. */
export function giveFreeTime(
  known: Free | undefined,
  wanted: { userId: string; key: string; start: Date; end: Date },
  now: Date,
): FreeDecision {
  const { userId, key, start, end } = wanted;
  const free = known ?? noFree(userId, now);
  if (Object.hasOwn(free.windows, key)) return { isGiven: true, free };
  const isRunning = Object.values(free.windows).some((other) => other.start < end && start < other.end);
  if (isRunning) return { isGiven: false, free };
  const windows = toRecent({ ...free.windows, [key]: { start, end } });
  return { isGiven: true, free: { ...free, windows, updatedAt: now } };
}

/** A free one-time order: given `times` times. */
export function giveFreeOrder(
  known: Free | undefined,
  wanted: { userId: string; paymentId: string; times: number },
  now: Date,
): FreeDecision {
  const { userId, paymentId, times } = wanted;
  const free = known ?? noFree(userId, now);
  if (free.orders.includes(paymentId)) return { isGiven: true, free };
  if (free.orders.length >= times) return { isGiven: false, free };
  return { isGiven: true, free: { ...free, orders: [...free.orders, paymentId], updatedAt: now } };
}

function noFree(userId: string, now: Date): Free {
  return { userId, windows: {}, orders: [], createdAt: now, updatedAt: now };
}

function toRecent(windows: Free["windows"]): Free["windows"] {
  const latestFirst = Object.entries(windows).toSorted(([, a], [, b]) => b.end.getTime() - a.end.getTime());
  return Object.fromEntries(latestFirst.slice(0, MAX_WINDOWS));
}
