import type { DocumentReference, DocumentSnapshot, Firestore, Query } from "@google-cloud/firestore";
import { buyerRef } from "../../buyers/db.ts";
import type { StoredDocument, UserLists } from "../../contract/admin.ts";
import { accountCollections, collections } from "../../contract/collections.ts";
import { entriesQuery, entryCauseRef, subscriptionRef } from "../../credits/db.ts";
import { waitingRef } from "../../credits/waiting/db.ts";
import { paymentRef, privateFactsRef } from "../../payments/db.ts";
import { GatewayError } from "../../platform/errors.ts";
import { defineQuery, DOCUMENT_ID, toQuery } from "../../platform/query.ts";
import { toPlainFields } from "./plain.ts";

const ofUser = { userId: "==" } as const;
const newestFirst = { createdAt: "desc" } as const;

export const queries = {
  paymentsOfUser: defineQuery({ collection: collections.payments, where: ofUser, orderBy: newestFirst }),
  sessionsOfUser: defineQuery({ collection: collections.sessions, where: ofUser, orderBy: newestFirst }),
  plansOfUser: defineQuery({
    collection: collections.plans,
    where: ofUser,
    orderBy: { [DOCUMENT_ID]: "asc" },
  }),
  newestGrants: defineQuery({ collection: accountCollections.grants, orderBy: newestFirst }),
  newestHolds: defineQuery({ collection: accountCollections.holds, orderBy: newestFirst }),
  eventsInState: defineQuery({
    collection: collections.webhookEvents,
    where: { status: "==" },
    orderBy: { [DOCUMENT_ID]: "asc" },
  }),
};

export type ListName = keyof UserLists<unknown>;

/** Each list of a user's documents. Payments, sessions and entries come in the order in which they were written. */
export function toListQueries(db: Firestore, userId: string): Readonly<Record<ListName, Query>> {
  const account = subscriptionRef(db, userId);
  return {
    payments: toQuery(db, queries.paymentsOfUser, { userId }),
    sessions: toQuery(db, queries.sessionsOfUser, { userId }),
    plans: toQuery(db, queries.plansOfUser, { userId }),
    grants: toQuery(account, queries.newestGrants, {}),
    entries: entriesQuery(db, userId),
    holds: toQuery(account, queries.newestHolds, {}),
  };
}

/** Where the documents of a list lie. */
export function toListRef(
  db: Firestore,
  { userId, list, id }: { userId: string; list: ListName; id: string },
): DocumentReference {
  if (list === "payments" || list === "sessions" || list === "plans")
    return db.collection(collections[list]).doc(id);
  return subscriptionRef(db, userId).collection(accountCollections[list]).doc(id);
}

/** A page of one list. `last`: the id of its last document if there are more. */
export interface ListPage {
  documents: StoredDocument[];
  last: string | undefined;
}

/** Throws `invalid_argument` if there is no document `after` which the page could begin. */
export async function readListPage(
  db: Firestore,
  {
    userId,
    list,
    limit,
    after,
  }: { userId: string; list: ListName; limit: number; after: string | undefined },
): Promise<ListPage> {
  const query = toListQueries(db, userId)[list].limit(limit);
  const start = after === undefined ? undefined : await toListRef(db, { userId, list, id: after }).get();
  if (start && !start.exists)
    throw new GatewayError("invalid_argument", `Cannot read ${list} after "${after}": not found`);
  const { docs } = await (start ? query.startAfter(start) : query).get();
  return { documents: docs.flatMap(toStored), last: docs.length === limit ? docs.at(-1)?.id : undefined };
}

/** The account and the buyer. */
export async function readHeads(
  db: Firestore,
  userId: string,
): Promise<{ account: StoredDocument | null; buyer: StoredDocument | null }> {
  const [account, buyer] = await readStored(db, [subscriptionRef(db, userId), buyerRef(db, userId)]);
  return { account: account ?? null, buyer: buyer ?? null };
}

/** What is not for the payments' user, and which of them wait to be booked. */
export async function readBesidePayments(
  db: Firestore,
  paymentIds: readonly string[],
): Promise<{ facts: (StoredDocument | undefined)[]; waiting: StoredDocument[] }> {
  const facts = await readStored(
    db,
    paymentIds.map((id) => privateFactsRef(paymentRef(db, id))),
  );
  const waiting = await readStored(
    db,
    paymentIds.map((id) => waitingRef(db, id)),
  );
  return { facts, waiting: waiting.filter((stored) => stored !== undefined) };
}

/** What of their entries is not for the user. */
export async function readCauses(
  db: Firestore,
  { userId, keys }: { userId: string; keys: readonly string[] },
): Promise<(StoredDocument | undefined)[]> {
  return await readStored(
    db,
    keys.map((key) => entryCauseRef(db, { userId, key })),
  );
}

async function readStored(
  db: Firestore,
  refs: readonly DocumentReference[],
): Promise<(StoredDocument | undefined)[]> {
  if (refs.length === 0) return [];
  return (await db.getAll(...refs)).map((snapshot) => toStored(snapshot)[0]);
}

/** An event whose work is not done, and its text, which says whom it concerns. */
export interface OpenEvent {
  stored: StoredDocument;
  payload: string;
}

/** The first events that failed and wait, and of those that were given up. */
export async function readOpenEvents(
  db: Firestore,
  limit: number,
): Promise<{ events: OpenEvent[]; areAll: boolean }> {
  const pages = await Promise.all(
    ["failed", "dead"].map(async (status) => {
      return await toQuery(db, queries.eventsInState, { status }).limit(limit).get();
    }),
  );
  const events = pages.flatMap(({ docs }) => docs.flatMap(toOpenEvent));
  return { events, areAll: pages.every(({ size }) => size < limit) };
}

function toOpenEvent(snapshot: DocumentSnapshot): OpenEvent[] {
  return toStored(snapshot).map(({ id, data: { payload, ...data } }) => ({
    stored: { id, data },
    payload: typeof payload === "string" ? payload : "",
  }));
}

function toStored(snapshot: DocumentSnapshot): StoredDocument[] {
  const data = snapshot.data();
  return data ? [{ id: snapshot.id, data: toPlainFields(data) }] : [];
}
