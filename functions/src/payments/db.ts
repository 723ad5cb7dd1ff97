import type { DocumentReference, DocumentSnapshot, Firestore } from "@google-cloud/firestore";
import type { PaymentNews } from "../adapters/paymentAdapter.ts";
import { buyerCollections, collections, paymentCollections } from "../contract/collections.ts";
import { paymentDocument, sessionDocument, type Payment, type PaymentSession } from "./documents.ts";
import { defineQuery, toQuery } from "../platform/query.ts";

const FROZEN_PAGE_SIZE = 200;

export const queries = {
  frozenPayments: defineQuery({
    collection: collections.payments,
    where: { frozenSince: "<=" },
    orderBy: { frozenSince: "asc" },
  }),
};

export function sessionRef(db: Firestore, sessionId: string): DocumentReference {
  return db.collection(collections.sessions).doc(sessionId);
}

export function paymentRef(db: Firestore, paymentId: string): DocumentReference {
  return db.collection(collections.payments).doc(paymentId);
}

/** What of a payment is not for its user. */
export function privateFactsRef(db: Firestore, paymentId: string): DocumentReference {
  return paymentRef(db, paymentId).collection(paymentCollections.private).doc("facts");
}

/** Pages of the ids of payments that fraud warnings have frozen since then, or for longer. */
export async function* readFrozen(db: Firestore, since: Date): AsyncGenerator<string[], void> {
  const query = toQuery(db, queries.frozenPayments, { frozenSince: since });
  let last: DocumentSnapshot | undefined;
  do {
    const { docs } = await (last ? query.startAfter(last) : query).limit(FROZEN_PAGE_SIZE).get();
    yield docs.map(({ id }) => id);
    last = docs.length < FROZEN_PAGE_SIZE ? undefined : docs.at(-1);
  } while (last);
}

export async function readPayment(db: Firestore, paymentId: string): Promise<Payment | undefined> {
  return paymentDocument.parse(await paymentRef(db, paymentId).get());
}

export async function readSession(db: Firestore, sessionId: string): Promise<PaymentSession | undefined> {
  return sessionDocument.parse(await sessionRef(db, sessionId).get());
}

/** The product's key in the catalogue is the provider's id of it, and two providers may use one id. */
export function freeRef(
  db: Firestore,
  { userId, provider, productId }: { userId: string; provider: string; productId: string },
): DocumentReference {
  const free = db.collection(collections.customers).doc(userId).collection(buyerCollections.free);
  return free.doc(`${provider}_${productId}`);
}

/** By our own session if there is one: the order at the provider may have been changed. */
export async function findFree(
  db: Firestore,
  provider: string,
  { order, checkout: { sessionId } }: Pick<PaymentNews, "order" | "checkout">,
): Promise<DocumentReference | undefined> {
  const ours = (await readSession(db, sessionId)) ?? order;
  return ours && freeRef(db, { userId: ours.userId, provider, productId: ours.productId });
}
