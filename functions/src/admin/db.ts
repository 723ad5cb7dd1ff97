import type { Firestore, Query } from "@google-cloud/firestore";
import { productDocument, type Product } from "../catalogue/documents.ts";
import { collections } from "../contract/collections.ts";
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
  paymentsById: defineQuery({ collection: collections.payments, orderBy: { [DOCUMENT_ID]: "asc" } }),
  productsById: defineQuery({ collection: collections.products, orderBy: { [DOCUMENT_ID]: "asc" } }),
};

/** The next user, by id, who has a payment; undefined after the last one. */
export async function readNextPayer(db: Firestore, after: string): Promise<string | undefined> {
  const query = toQuery(db, queries.paymentsByUser, {}).startAfter(after).limit(1);
  const { docs } = await query.get();
  const userId: unknown = docs[0]?.get("userId");
  return typeof userId === "string" ? userId : undefined;
}

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

function tryRead<T>(id: string, read: () => T | undefined): Read<T>[] {
  try {
    const value = read();
    return value === undefined ? [] : [{ id, value }];
  } catch (error) {
    return [{ id, error }];
  }
}
