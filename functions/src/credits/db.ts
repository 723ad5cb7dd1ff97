import {
  FieldPath,
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
import { accountCollections, collections, type AccountCollection } from "../contract/collections.ts";
import type { Entry, Grant, Hold, Subscription } from "../contract/documents.ts";
import { paymentRef } from "../payments/db.ts";
import { creditablePaymentDocument, type CreditablePayment } from "../payments/documents.ts";
import { writeChange } from "../platform/compareAndSet.ts";
import { parseDocument } from "../platform/document.ts";
import {
  PAGE_SIZE,
  type AccountSource,
  type Changes,
  type OtherDates,
  type Wanted,
} from "./account/source.ts";
import { entrySchema, grantSchema, holdSchema, subscriptionSchema } from "./documents.ts";

const AUDIT_PAGE_SIZE = 300;
const SWEEP_PAGE_SIZE = 200;

export function subscriptionRef(db: Firestore, userId: string): DocumentReference {
  return db.collection(collections.subscriptions).doc(userId);
}

export function grantRef(db: Firestore, grant: { userId: string; grantId: string }): DocumentReference {
  return partsOf(db, grant.userId, "grants").doc(grant.grantId);
}

function partsOf(db: Firestore, userId: string, part: AccountCollection): CollectionReference {
  return subscriptionRef(db, userId).collection(accountCollections[part]);
}

/** Undefined also for a subscription that knows only a plan yet, and no credits. */
export function parseSubscription(snapshot: DocumentSnapshot): Subscription | undefined {
  return snapshot.get("seq") === undefined ? undefined : parseDocument(snapshot, subscriptionSchema);
}

export function parseGrant(snapshot: DocumentSnapshot): Grant | undefined {
  return parseDocument(snapshot, grantSchema);
}

function parseEntry(snapshot: DocumentSnapshot): Entry | undefined {
  return parseDocument(snapshot, entrySchema);
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
    const { grantId, entryKey, holdKey } = wanted;
    const subscription = subscriptionRef(this.#db, this.userId);
    const refs = {
      grant: grantId === undefined ? undefined : this.#part("grants").doc(grantId),
      entry: entryKey === undefined ? undefined : this.#part("entries").doc(entryKey),
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
    const query = this.#part("grants")
      .where("status", "==", "active")
      .orderBy("spendableUntil")
      .orderBy("startDate")
      .orderBy(FieldPath.documentId());
    const cursor = after && [after.spendableUntil, after.startDate, after.grantId];
    return await this.#readPage(query, cursor, parseGrant);
  }

  async readRepayingGrants(after?: Grant): Promise<Grant[]> {
    const query = this.#part("grants")
      .where("repaid", ">", 0)
      .orderBy("repaid", "desc")
      .orderBy(FieldPath.documentId(), "desc");
    return await this.#readPage(query, after && [after.repaid, after.grantId], parseGrant);
  }

  async readLapsedHolds(now: Date, after?: Hold): Promise<Hold[]> {
    const query = this.#part("holds")
      .where("status", "==", "open")
      .where("expiresAt", "<=", now)
      .orderBy("expiresAt")
      .orderBy(FieldPath.documentId());
    return await this.#readPage(query, after && [after.expiresAt, after.key], parseHold);
  }

  /** Two of each, for the grant itself may be the first. */
  async readOtherDates(grantId: string): Promise<OtherDates> {
    const grants = this.#part("grants");
    const counting = grantStatuses.filter((status) => status !== "revoked");
    const byStart = grants.orderBy("startDate").limit(2);
    const byEnd = grants.where("status", "in", counting).orderBy("spendableUntil", "desc").limit(2);
    this.#hasReadMore = true;
    const [first, last] = await Promise.all([byStart.get(), byEnd.get()]);
    const isOther = (grant: Grant): boolean => grant.grantId !== grantId;
    return {
      firstStart: parseAll(first.docs, parseGrant).find(isOther)?.startDate,
      lastEnd: parseAll(last.docs, parseGrant).find(isOther)?.spendableUntil,
    };
  }

  /** In one commit, which fails if the account has changed since it was opened. Its plan is somebody else's. */
  async write({ subscription, grants, holds, entries }: Changes): Promise<void> {
    const batch = this.#db.batch();
    writeChange(batch, { snapshot: this.#requireOpen(), data: subscription });
    for (const grant of grants) batch.set(grantRef(this.#db, grant), grant);
    for (const hold of holds) batch.set(this.#part("holds").doc(hold.key), hold);
    for (const [key, entry] of entries) batch.create(this.#part("entries").doc(key), entry);
    await batch.commit();
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
  const query = partsOf(db, userId, "entries").orderBy("seq", "desc");
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

/** Every document of one user's account, as of one point in time when the transaction is read-only. */
export function readWholeAccount(db: Firestore, transaction: Transaction, userId: string) {
  const part = (name: AccountCollection): CollectionReference => partsOf(db, userId, name);
  return {
    subscription: async () => parseSubscription(await transaction.get(subscriptionRef(db, userId))),
    entries: () => readAll(transaction, part("entries").orderBy("seq"), parseEntry),
    grants: () => readAll(transaction, part("grants").orderBy(FieldPath.documentId()), parseGrant),
    holds: () => readAll(transaction, part("holds").orderBy(FieldPath.documentId()), parseHold),
  };
}

/** Pages of the ids of users with something that ran out by `now`; one may come more than once. */
export async function* readExpiring(db: Firestore, now: Date): AsyncGenerator<string[], void> {
  const grants = db
    .collectionGroup(accountCollections.grants)
    .where("status", "==", "active")
    .where("spendableUntil", "<=", now)
    .orderBy("spendableUntil");
  const holds = db
    .collectionGroup(accountCollections.holds)
    .where("status", "==", "open")
    .where("expiresAt", "<=", now)
    .orderBy("expiresAt");
  for (const query of [grants, holds]) {
    let last: QueryDocumentSnapshot | undefined;
    do {
      const { docs } = await (last ? query.startAfter(last) : query).limit(SWEEP_PAGE_SIZE).get();
      yield [...new Set(docs.flatMap(toOwner))];
      last = docs.length < SWEEP_PAGE_SIZE ? undefined : docs.at(-1);
    } while (last);
  }
}

/** The user whose grant or hold it is; none when an app has a collection of the same name elsewhere. */
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
