import type { Firestore, DocumentReference } from "@google-cloud/firestore";
import * as z from "zod";
import { buyerCollections, collections } from "../contract/collections.ts";
import { documentOf } from "../platform/document.ts";
import { instant, stamps } from "../platform/instant.ts";

/** So many are kept: those that ended long ago meet no new one. */
const MAX_WINDOWS = 50;

/**
 * `customers/{uid}/free/{provider}_{productId}`: what a user has had of a product without being asked for money. It is read
 * and written only when that happens.
 */
export const freeSchema = z.object({
  userId: z.string(),
  /** The time of each free line of an invoice, by the provider's id of the line. */
  windows: z.record(z.string(), z.object({ start: instant, end: instant })),
  /** The ids of the free payments of one-time orders. */
  orders: z.array(z.string()),
  ...stamps,
});

export type Free = z.output<typeof freeSchema>;
export const freeDocument = documentOf(freeSchema);

/** The product's key in the catalogue is the provider's id of it, and two providers may use one id. */
export function freeRef(
  db: Firestore,
  { userId, provider, productId }: { userId: string; provider: string; productId: string },
): DocumentReference {
  const free = db.collection(collections.customers).doc(userId).collection(buyerCollections.free);
  return free.doc(`${provider}_${productId}`);
}

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
