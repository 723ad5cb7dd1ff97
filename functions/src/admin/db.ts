import type { DocumentReference, DocumentSnapshot, Firestore, Query } from "@google-cloud/firestore";
import { productDocument, type Product } from "../catalogue/documents.ts";
import { accountCollections, collections } from "../contract/collections.ts";
import { subscriptionRef } from "../credits/db.ts";
import { paymentDocument, type Payment } from "../payments/documents.ts";
import type { DocumentKind } from "../platform/document.ts";
import { DOCUMENT_ID, defineQuery, toQuery } from "../platform/query.ts";

export const queries = {
  paymentsByUser: defineQuery({ collection: collections.payments, orderBy: { userId: "asc" } }),
  paymentsOfUser: defineQuery({
    collection: collections.payments,
    where: { userId: "==" },
    orderBy: { [DOCUMENT_ID]: "asc" },
  }),
  /** Gifts that were written before who gave them was hidden. */
  oldGifts: defineQuery({
    collection: accountCollections.entries,
    where: { "cause.grantedBy": ">" },
    orderBy: { "cause.grantedBy": "asc" },
  }),
  paymentsById: defineQuery({ collection: collections.payments, orderBy: { [DOCUMENT_ID]: "asc" } }),
  accountsById: defineQuery({ collection: collections.subscriptions, orderBy: { [DOCUMENT_ID]: "asc" } }),
  productsById: defineQuery({ collection: collections.products, orderBy: { [DOCUMENT_ID]: "asc" } }),
};

/** The next user, by id, who has a payment; undefined after the last one. */
export async function readNextPayer(db: Firestore, after: string): Promise<string | undefined> {
  const query = toQuery(db, queries.paymentsByUser, {}).startAfter(after).limit(1);
  const { docs } = await query.get();
  const userId: unknown = docs[0]?.get("userId");
  return typeof userId === "string" ? userId : undefined;
}

const GIFT_PAGE_SIZE = 100;

/** A document, or why it cannot be read. */
export type Read<T> = { id: string } & ({ value: T } | { error: unknown });

export async function readPaymentsOf(
  db: Firestore,
  { userId, limit }: { userId: string; limit: number },
): Promise<Read<Payment>[]> {
  const { docs } = await toQuery(db, queries.paymentsOfUser, { userId }).limit(limit).get();
  return docs.flatMap((snapshot) => tryRead(snapshot.id, () => paymentDocument.parse(snapshot)));
}

interface Page {
  after: string;
  limit: number;
}

/** The next products by id. `last`: where the next page begins; undefined on the last one. */
export async function readProductsAfter(
  db: Firestore,
  page: Page,
): Promise<{ products: Read<Product>[]; last: string | undefined }> {
  const { read, last } = await readPage(toQuery(db, queries.productsById, {}), page, productDocument);
  return { products: read, last };
}

/** The same for payments. */
export async function readPaymentsAfter(
  db: Firestore,
  page: Page,
): Promise<{ payments: Read<Payment>[]; last: string | undefined }> {
  const { read, last } = await readPage(toQuery(db, queries.paymentsById, {}), page, paymentDocument);
  return { payments: read, last };
}

async function readPage<T>(
  query: Query,
  { after, limit }: Page,
  { parse }: DocumentKind<T>,
): Promise<{ read: Read<T>[]; last: string | undefined }> {
  const { docs } = await (after === "" ? query : query.startAfter(after)).limit(limit).get();
  const read = docs.flatMap((snapshot) => tryRead(snapshot.id, () => parse(snapshot)));
  return { read, last: docs.length === limit ? docs.at(-1)?.id : undefined };
}

/** The ids of the next documents of a kind. `last`: where the next page begins; undefined on the last one. */
export async function readIdsAfter(
  db: Firestore,
  { kind, after, limit }: { kind: "payments" | "accounts"; after: string; limit: number },
): Promise<{ ids: string[]; last: string | undefined }> {
  const byId = kind === "payments" ? queries.paymentsById : queries.accountsById;
  const query = toQuery(db, byId, {}).limit(limit).select();
  const { docs } = await (after === "" ? query : query.startAfter(after)).get();
  return { ids: docs.map(({ id }) => id), last: docs.length === limit ? docs.at(-1)?.id : undefined };
}

/** Pages of a user's gifts that say who gave them where the user can read it. */
export async function* readOldGifts(
  db: Firestore,
  userId: string,
): AsyncGenerator<DocumentReference[], void> {
  const query = toQuery(subscriptionRef(db, userId), queries.oldGifts, { "cause.grantedBy": "" });
  let last: DocumentSnapshot | undefined;
  do {
    const { docs } = await (last ? query.startAfter(last) : query).limit(GIFT_PAGE_SIZE).get();
    yield docs.map(({ ref }) => ref);
    last = docs.length < GIFT_PAGE_SIZE ? undefined : docs.at(-1);
  } while (last);
}

function tryRead<T>(id: string, read: () => T | undefined): Read<T>[] {
  try {
    const value = read();
    return value === undefined ? [] : [{ id, value }];
  } catch (error) {
    return [{ id, error }];
  }
}
