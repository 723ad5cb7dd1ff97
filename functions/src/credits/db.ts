import {
  FieldValue,
  type CollectionReference,
  type DocumentReference,
  type DocumentSnapshot,
  type Firestore,
  type Query,
  type QueryDocumentSnapshot,
  type Timestamp,
  type Transaction,
} from "@google-cloud/firestore";
import { grantStatuses } from "../contract/codes.ts";
import {
  accountCollections,
  collections,
  entryCollections,
  type AccountCollection,
} from "../contract/collections.ts";
import type { Entry, Grant, Hold, PrivateCause, Subscription } from "../contract/documents.ts";
import { paymentRef } from "../payments/db.ts";
import { creditablePaymentDocument, type CreditablePayment } from "../payments/documents.ts";
import { commit, compareAndSet, writeChange } from "../platform/compareAndSet.ts";
import { parseDocument, requireReadable, requireSnapshot } from "../platform/document.ts";
import { defineGroupQuery, defineQuery, DOCUMENT_ID, toQuery } from "../platform/query.ts";
import {
  PAGE_SIZE,
  type AccountSource,
  type Changes,
  type OtherDates,
  type Wanted,
} from "./account/source.ts";
import { entrySchema, grantSchema, holdSchema, privateCauseSchema, subscriptionSchema } from "./documents.ts";

const AUDIT_PAGE_SIZE = 300;
const SWEEP_PAGE_SIZE = 200;

export const queries = {
  activeGrants: defineQuery({
    collection: accountCollections.grants,
    where: { status: "==" },
    orderBy: { spendableUntil: "asc", startDate: "asc", [DOCUMENT_ID]: "asc" },
  }),
  repayingGrants: defineQuery({
    collection: accountCollections.grants,
    where: { repaid: ">" },
    orderBy: { repaid: "desc", [DOCUMENT_ID]: "desc" },
  }),
  lapsedHolds: defineQuery({
    collection: accountCollections.holds,
    where: { status: "==", expiresAt: "<=" },
    orderBy: { expiresAt: "asc", [DOCUMENT_ID]: "asc" },
  }),
  grantsByStart: defineQuery({ collection: accountCollections.grants, orderBy: { startDate: "asc" } }),
  grantsByLastEnd: defineQuery({
    collection: accountCollections.grants,
    where: { status: "in" },
    orderBy: { spendableUntil: "desc" },
  }),
  newestEntries: defineQuery({ collection: accountCollections.entries, orderBy: { seq: "desc" } }),
  entriesInOrder: defineQuery({ collection: accountCollections.entries, orderBy: { seq: "asc" } }),
  grantsById: defineQuery({ collection: accountCollections.grants, orderBy: { [DOCUMENT_ID]: "asc" } }),
  holdsById: defineQuery({ collection: accountCollections.holds, orderBy: { [DOCUMENT_ID]: "asc" } }),
  everybodysOverdueGrants: defineGroupQuery({
    collection: accountCollections.grants,
    where: { status: "==", spendableUntil: "<=" },
    orderBy: { spendableUntil: "asc" },
  }),
  everybodysOverdueHolds: defineGroupQuery({
    collection: accountCollections.holds,
    where: { status: "==", expiresAt: "<=" },
    orderBy: { expiresAt: "asc" },
  }),
};

/** The document of a user's account; their plan is a part of it. */
export function subscriptionRef(db: Firestore, userId: string): DocumentReference {
  return db.collection(collections.subscriptions).doc(userId);
}

function grantRef(db: Firestore, grant: { userId: string; grantId: string }): DocumentReference {
  return partsOf(db, grant.userId, "grants").doc(grant.grantId);
}

function partsOf(db: Firestore, userId: string, part: AccountCollection): CollectionReference {
  return subscriptionRef(db, userId).collection(accountCollections[part]);
}

/** What of an entry is not for its user. */
export function entryCauseRef(db: Firestore, entry: { userId: string; key: string }): DocumentReference {
  return causeRef(partsOf(db, entry.userId, "entries").doc(entry.key));
}

function causeRef(entry: DocumentReference): DocumentReference {
  return entry.collection(entryCollections.private).doc("cause");
}

/** Also undefined for a document that has a plan but no credits yet. */
function parseSubscription(snapshot: DocumentSnapshot): Subscription | undefined {
  return snapshot.get("seq") === undefined ? undefined : parseDocument(snapshot, subscriptionSchema);
}

export function parseGrant(snapshot: DocumentSnapshot): Grant | undefined {
  return parseDocument(snapshot, grantSchema);
}

function parseEntry(snapshot: DocumentSnapshot): Entry | undefined {
  return parseDocument(snapshot, entrySchema);
}

function parseCause(snapshot: DocumentSnapshot): PrivateCause | undefined {
  return parseDocument(snapshot, privateCauseSchema);
}

function parseHold(snapshot: DocumentSnapshot): Hold | undefined {
  return parseDocument(snapshot, holdSchema);
}

/** A payment as it stands, and when it was written; undefined if there is none. */
export async function readCreditablePayment(
  db: Firestore,
  paymentId: string,
): Promise<{ payment: CreditablePayment | undefined; updateTime: Timestamp | undefined }> {
  const snapshot = await paymentRef(db, paymentId).get();
  return { payment: creditablePaymentDocument.parse(snapshot), updateTime: snapshot.updateTime };
}

/** How many credits are booked for a payment. */
export async function readGrantedCredits(
  db: Firestore,
  { userId, paymentId }: { userId: string; paymentId: string },
): Promise<number> {
  return parseGrant(await grantRef(db, { userId, grantId: paymentId }).get())?.amount ?? 0;
}

/** Whether a document is as it was, by its update times; undefined if there is none. */
export function isSameTime(a: Timestamp | undefined, b: Timestamp | undefined): boolean {
  return a && b ? a.isEqual(b) : a === b;
}

/** One user's documents for one decision. */
export class FirestoreSource implements AccountSource {
  readonly userId: string;
  readonly #db: Firestore;
  #subscription: DocumentSnapshot | undefined;
  #hasReadMore = false;

  constructor(db: Firestore, userId: string) {
    this.#db = db;
    this.userId = userId;
  }

  async open(wanted: Wanted) {
    const { grantId, entryKey, causeKey, holdKey } = wanted;
    const subscription = this.#account;
    const refs = {
      grant: grantId === undefined ? undefined : this.#part("grants").doc(grantId),
      entry: entryKey === undefined ? undefined : this.#part("entries").doc(entryKey),
      cause: causeKey === undefined ? undefined : causeRef(this.#part("entries").doc(causeKey)),
      hold: holdKey === undefined ? undefined : this.#part("holds").doc(holdKey),
    };
    const parts = Object.values(refs).filter((ref) => ref !== undefined);
    const snapshots = await this.#db.getAll(subscription, ...parts);
    [this.#subscription] = snapshots;
    const byPath = new Map(snapshots.map((snapshot) => [snapshot.ref.path, snapshot]));
    const find = <T>(ref: DocumentReference | undefined, parse: (snapshot: DocumentSnapshot) => T) => {
      const snapshot = ref && byPath.get(ref.path);
      return snapshot && parse(snapshot);
    };
    return {
      subscription: find(subscription, parseSubscription),
      grant: find(refs.grant, parseGrant),
      entry: find(refs.entry, parseEntry),
      cause: find(refs.cause, parseCause),
      hold: find(refs.hold, parseHold),
    };
  }

  async readGrants(grantIds: readonly string[]): Promise<Grant[]> {
    if (grantIds.length === 0) return [];
    this.#hasReadMore = true;
    const refs = grantIds.map((grantId) => this.#part("grants").doc(grantId));
    return parseAll(await this.#db.getAll(...refs), parseGrant);
  }

  async readActiveGrants(after?: Grant): Promise<Grant[]> {
    const query = toQuery(this.#account, queries.activeGrants, { status: "active" });
    const cursor = after && [after.spendableUntil, after.startDate, after.grantId];
    return await this.#readPage(query, cursor, parseGrant);
  }

  async readRepayingGrants(after?: Grant): Promise<Grant[]> {
    const query = toQuery(this.#account, queries.repayingGrants, { repaid: 0 });
    return await this.#readPage(query, after && [after.repaid, after.grantId], parseGrant);
  }

  async readLapsedHolds(now: Date, after?: Hold): Promise<Hold[]> {
    const query = toQuery(this.#account, queries.lapsedHolds, { status: "open", expiresAt: now });
    return await this.#readPage(query, after && [after.expiresAt, after.key], parseHold);
  }

  /** Reads two of each, because the grant itself may be the first. */
  async readOtherDates(grantId: string): Promise<OtherDates> {
    const counting = grantStatuses.filter((status) => status !== "revoked");
    const byStart = toQuery(this.#account, queries.grantsByStart, {});
    const byLastEnd = toQuery(this.#account, queries.grantsByLastEnd, { status: counting });
    this.#hasReadMore = true;
    const [first, last] = await Promise.all([byStart.limit(2).get(), byLastEnd.limit(2).get()]);
    const isOther = (grant: Grant): boolean => grant.grantId !== grantId;
    return {
      firstStart: parseAll(first.docs, parseGrant).find(isOther)?.startDate,
      lastEnd: parseAll(last.docs, parseGrant).find(isOther)?.spendableUntil,
    };
  }

  /** Writes in one commit, which fails if the account has changed since it was opened. The plan is left alone. */
  async write({ subscription, grants, holds, entries, causes }: Changes): Promise<void> {
    const batch = this.#db.batch();
    const opened = this.#requireOpen();
    writeChange(batch, {
      snapshot: opened,
      data: requireReadable(subscription, subscriptionSchema, opened.ref.path),
    });
    for (const grant of grants) {
      const ref = grantRef(this.#db, grant);
      batch.set(ref, requireReadable(grant, grantSchema, ref.path));
    }
    for (const hold of holds) {
      const ref = this.#part("holds").doc(hold.key);
      batch.set(ref, requireReadable(hold, holdSchema, ref.path));
    }
    for (const [key, entry] of entries) {
      const ref = this.#part("entries").doc(key);
      batch.create(ref, requireReadable(entry, entrySchema, ref.path));
    }
    for (const [key, cause] of causes) {
      const ref = causeRef(this.#part("entries").doc(key));
      batch.create(ref, requireReadable(cause, privateCauseSchema, ref.path));
    }
    await commit(batch);
  }

  /** Whether what was read after the account was opened may be of another moment. */
  async isOutdated(): Promise<boolean> {
    if (!this.#hasReadMore) return false;
    const { ref, updateTime } = this.#requireOpen();
    return !isSameTime(updateTime, (await ref.get()).updateTime);
  }

  #requireOpen(): DocumentSnapshot {
    if (this.#subscription) return this.#subscription;
    throw new Error(`Cannot change the account of "${this.userId}": it was not opened`);
  }

  get #account(): DocumentReference {
    return subscriptionRef(this.#db, this.userId);
  }

  #part(part: AccountCollection): CollectionReference {
    return partsOf(this.#db, this.userId, part);
  }

  async #readPage<T>(
    query: Query,
    cursor: unknown[] | undefined,
    parse: (snapshot: DocumentSnapshot) => T | undefined,
  ): Promise<T[]> {
    const page = (cursor ? query.startAfter(...cursor) : query).limit(PAGE_SIZE);
    this.#hasReadMore = true;
    return parseAll((await page.get()).docs, parse);
  }
}

/** The newest entries first; with `before`, those with a lower number. */
export function entriesQuery(db: Firestore, userId: string, before?: number): Query {
  const query = toQuery(subscriptionRef(db, userId), queries.newestEntries, {});
  return before === undefined ? query : query.startAfter(before);
}

export function parseEntries(snapshots: readonly DocumentSnapshot[]): Entry[] {
  return parseAll(snapshots, parseEntry);
}

/** All documents of one kind, in pages. */
async function* readAll<T>(
  transaction: Transaction,
  query: Query,
  parse: (snapshot: DocumentSnapshot) => T | undefined,
): AsyncGenerator<T, void> {
  let last: DocumentSnapshot | undefined;
  do {
    const { docs } = await transaction.get((last ? query.startAfter(last) : query).limit(AUDIT_PAGE_SIZE));
    yield* parseAll(docs, parse);
    last = docs.length < AUDIT_PAGE_SIZE ? undefined : docs.at(-1);
  } while (last);
}

/** Every document of one user's account, as of one point in time if the transaction is read-only. */
export function readWholeAccount(db: Firestore, transaction: Transaction, userId: string) {
  const account = subscriptionRef(db, userId);
  return {
    subscription: async () => parseSubscription(await transaction.get(account)),
    entries: () => readAll(transaction, toQuery(account, queries.entriesInOrder, {}), parseEntry),
    grants: () => readAll(transaction, toQuery(account, queries.grantsById, {}), parseGrant),
    holds: () => readAll(transaction, toQuery(account, queries.holdsById, {}), parseHold),
  };
}

/** Pages of the ids of users with something that ran out by `now`; one may come more than once. */
export async function* readExpiring(db: Firestore, now: Date): AsyncGenerator<string[], void> {
  const overdue = [
    toQuery(db, queries.everybodysOverdueGrants, { status: "active", spendableUntil: now }),
    toQuery(db, queries.everybodysOverdueHolds, { status: "open", expiresAt: now }),
  ];
  for (const query of overdue) {
    let last: QueryDocumentSnapshot | undefined;
    do {
      const { docs } = await (last ? query.startAfter(last) : query).limit(SWEEP_PAGE_SIZE).get();
      yield [...new Set(docs.flatMap(toOwner))];
      last = docs.length < SWEEP_PAGE_SIZE ? undefined : docs.at(-1);
    } while (last);
  }
}

/** The user whose grant or hold it is; none if an app has a collection of the same name elsewhere. */
function toOwner({ ref }: QueryDocumentSnapshot): string[] {
  const owner = ref.parent.parent;
  return owner && owner.path === `${collections.subscriptions}/${owner.id}` ? [owner.id] : [];
}

function parseAll<T>(
  snapshots: readonly DocumentSnapshot[],
  parse: (snapshot: DocumentSnapshot) => T | undefined,
): T[] {
  return snapshots.map(parse).filter((parsed) => parsed !== undefined);
}

/** Moves what is not for the user out of a gift's entry. Returns whether there was anything to move. */
export async function moveGift(db: Firestore, entryAt: DocumentReference, now: Date): Promise<boolean> {
  const causeAt = causeRef(entryAt);
  return await compareAndSet(db, [entryAt, causeAt], (snapshots) => {
    const [entry, hidden] = [requireSnapshot(snapshots, entryAt), requireSnapshot(snapshots, causeAt)];
    const known = parseEntry(entry);
    if (known?.type !== "grant" || !("key" in known.cause)) return { changes: [], result: false };
    const { reason, grantedBy, ...cause } = known.cause;
    if (reason === undefined || grantedBy === undefined) return { changes: [], result: false };
    const { inputHash, createdAt } = known;
    const moved = { reason, grantedBy, ...(inputHash !== undefined && { inputHash }) };
    const data = requireReadable({ ...moved, createdAt, updatedAt: now }, privateCauseSchema, causeAt.path);
    const stripped = { snapshot: entry, data: { cause, inputHash: FieldValue.delete(), updatedAt: now } };
    return { changes: [stripped, ...(hidden.exists ? [] : [{ snapshot: hidden, data }])], result: true };
  });
}
