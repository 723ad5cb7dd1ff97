import { isDeepStrictEqual } from "node:util";
import type {
  CollectionReference,
  DocumentReference,
  DocumentSnapshot,
  Firestore,
} from "@google-cloud/firestore";
import * as z from "zod";
import type { SessionStatus } from "../contract/codes.ts";
import { collections } from "../contract/collections.ts";
import { sessionDocument, type PaymentSession } from "../payments/documents.ts";
import { liveStatuses } from "../model/plan.ts";
import { parseDocument } from "../platform/document.ts";
import { instant } from "../platform/instant.ts";
import { readPage, type Page } from "../platform/reading/page.ts";
import { defineQuery, DOCUMENT_ID, toQuery } from "../platform/query.ts";

export const queries = {
  overdueSessions: defineQuery({
    collection: collections.sessions,
    where: { status: "==", expiresAt: "<=" },
    orderBy: { expiresAt: "asc", [DOCUMENT_ID]: "asc" },
  }),
  changedPayments: defineQuery({
    collection: collections.payments,
    where: { updatedAt: ">=" },
    orderBy: { updatedAt: "asc", [DOCUMENT_ID]: "asc" },
  }),
  invoices: defineQuery({ collection: collections.payments, where: { sessionId: "==" } }),
  unforgottenUsers: defineQuery({
    collection: collections.customers,
    where: { forgottenAt: "==" },
    orderBy: { [DOCUMENT_ID]: "asc" },
  }),
  livePlans: defineQuery({
    collection: collections.plans,
    where: { status: "in" },
    orderBy: { [DOCUMENT_ID]: "asc" },
  }),
};

/** Which page of a query is wanted. */
interface Wanted {
  limit: number;
  after: string | undefined;
}

/** Sessions in a state past their time, the most overdue first. */
export async function readOverdueSessions(
  db: Firestore,
  { status, now, ...wanted }: Wanted & { status: SessionStatus; now: Date },
): Promise<Page<PaymentSession | undefined>> {
  const query = toQuery(db, queries.overdueSessions, { status, expiresAt: now });
  return await readPage(query, { ...wanted, orderedBy: "expiresAt", parse: sessionDocument.parse });
}

/** Payments that changed since, oldest first; only their ids are needed. */
export async function readChangedPayments(
  db: Firestore,
  { since, ...wanted }: Wanted & { since: Date },
): Promise<Page<unknown>> {
  const query = toQuery(db, queries.changedPayments, { updatedAt: since });
  return await readPage(query, { ...wanted, orderedBy: "updatedAt", parse: () => undefined });
}

/** Deleted users of whom something is left here or at a provider; only their ids are needed. */
export async function readUnforgottenUsers(db: Firestore, wanted: Wanted): Promise<Page<unknown>> {
  const query = toQuery(db, queries.unforgottenUsers, { forgottenAt: null });
  return await readPage(query, { ...wanted, orderedBy: undefined, parse: () => undefined });
}

/** The owners of live subscriptions; one who has several comes with each. */
export async function readPlanOwners(db: Firestore, wanted: Wanted): Promise<Page<string>> {
  const query = toQuery(db, queries.livePlans, { status: liveStatuses });
  return await readPage(query, { ...wanted, orderedBy: undefined, parse: toOwner });
}

function toOwner(snapshot: DocumentSnapshot): string {
  return String(snapshot.get("userId"));
}

/** Those of the ids that the catalogue has, of whatever provider. */
export async function readKnownProducts(db: Firestore, productIds: readonly string[]): Promise<Set<string>> {
  return await readExisting(db, db.collection(collections.products), productIds);
}

/** Those of the ids that are payments, also of another shape. */
export async function readKnownPayments(db: Firestore, paymentIds: readonly string[]): Promise<Set<string>> {
  return await readExisting(db, db.collection(collections.payments), paymentIds);
}

/** Whether any payment is an invoice of a recurring subscription, which no session leads to. */
export async function hasInvoices(db: Firestore): Promise<boolean> {
  const { empty } = await toQuery(db, queries.invoices, { sessionId: null }).limit(1).get();
  return !empty;
}

async function readExisting(
  db: Firestore,
  collection: CollectionReference,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const found = await db.getAll(...ids.map((id) => collection.doc(id)), { fieldMask: [] });
  return new Set(found.filter(({ exists }) => exists).map(({ id }) => id));
}

/** `reconciliations/{step}`: how far a step has come. */
const cursorSchema = z.object({
  /** Everything that happened before has been dealt with; absent before the first walk has ended. */
  reconciledAt: instant.optional(),
  /** A walk that has not ended. */
  walk: z
    .object({
      startedAt: instant,
      /** What the step has dealt with; null at its beginning. */
      place: z.string().nullable(),
      /** How many runs in a row met something at that place that could neither be done nor be noted. */
      held: z.int().min(0),
    })
    .nullish()
    .transform((walk) => walk ?? undefined),
});

export type Cursor = z.output<typeof cursorSchema>;
export type SavedWalk = NonNullable<Cursor["walk"]>;

function cursorRef(db: Firestore, step: string): DocumentReference {
  return db.collection(collections.reconciliations).doc(step);
}

/** How far each step has come, in the order of their names. */
export async function readCursors(db: Firestore, steps: readonly string[]): Promise<(() => Cursor)[]> {
  const found = await db.getAll(...steps.map((step) => cursorRef(db, step)));
  return found.map((snapshot) => () => parseDocument(snapshot, cursorSchema) ?? { walk: undefined });
}

/**
 * Saves how far a step has come if that is still as it was `known`, and returns what is saved then: another run may have
 * come further, which does not have to be done again. The date only moves forward.
 */
export async function saveCursor(
  db: Firestore,
  { step, known, next, now }: { step: string; known: Cursor; next: Cursor; now: Date },
): Promise<Cursor> {
  const ref = cursorRef(db, step);
  return await db.runTransaction(async (transaction) => {
    const snapshot = await transaction.get(ref);
    const saved = parseDocument(snapshot, cursorSchema) ?? { walk: undefined };
    if (!isDeepStrictEqual(toPlain(saved), toPlain(known))) return saved;
    const { reconciledAt, walk = null } = next;
    const createdAt: unknown = snapshot.get("createdAt") ?? now;
    transaction.set(ref, { ...(reconciledAt && { reconciledAt }), walk, createdAt, updatedAt: now });
    return next;
  });
}

/** Whether a field is undefined or absent is no difference. */
function toPlain({ reconciledAt, walk }: Cursor): Required<Record<keyof Cursor, unknown>> {
  return { reconciledAt, walk };
}
