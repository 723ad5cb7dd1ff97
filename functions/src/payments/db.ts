import {
  FieldValue,
  type DocumentData,
  type DocumentReference,
  type DocumentSnapshot,
  type Firestore,
  type QueryDocumentSnapshot,
} from "@google-cloud/firestore";
import type { PaymentNews } from "../adapters/paymentAdapter.ts";
import { buyerCollections, collections, paymentCollections } from "../contract/collections.ts";
import {
  paymentDocument,
  privateFactsDocument,
  sessionDocument,
  type Payment,
  type PaymentSession,
  type PrivateFacts,
} from "./documents.ts";
import { defineGroupQuery, toQuery } from "../platform/query.ts";

const FROZEN_PAGE_SIZE = 200;

export const queries = {
  frozenPayments: defineGroupQuery({
    collection: paymentCollections.private,
    where: { frozen: "==", frozenSince: "<=" },
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
export function privateFactsRef(payment: DocumentReference): DocumentReference {
  return payment.collection(paymentCollections.private).doc("facts");
}

/** What removes the field of an old payment that lies in its private facts now; undefined if it has none. */
export function toMovedFields(payment: DocumentSnapshot): DocumentData | undefined {
  return payment.get("frozenSince") === undefined ? undefined : { frozenSince: FieldValue.delete() };
}

export async function readPrivateFacts(db: Firestore, paymentId: string): Promise<PrivateFacts | undefined> {
  return privateFactsDocument.parse(await privateFactsRef(paymentRef(db, paymentId)).get());
}

/** Pages of the ids of payments that fraud warnings have frozen since then, or for longer. */
export async function* readFrozen(db: Firestore, since: Date): AsyncGenerator<string[], void> {
  const query = toQuery(db, queries.frozenPayments, { frozen: true, frozenSince: since });
  let last: DocumentSnapshot | undefined;
  do {
    const { docs } = await (last ? query.startAfter(last) : query).limit(FROZEN_PAGE_SIZE).get();
    yield docs.flatMap(toFrozenId);
    last = docs.length < FROZEN_PAGE_SIZE ? undefined : docs.at(-1);
  } while (last);
}

/** None if an app has a collection of the same name elsewhere. */
function toFrozenId({ ref }: QueryDocumentSnapshot): string[] {
  const payment = ref.parent.parent;
  return payment && payment.path === `${collections.payments}/${payment.id}` ? [payment.id] : [];
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
