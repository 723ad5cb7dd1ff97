import { isDeepStrictEqual } from "node:util";
import type { DocumentData, DocumentReference, DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import type { PaymentNews, ProviderEvent } from "./adapters/types.ts";
import type { GatewayContext } from "./context.ts";
import {
  parsePayment,
  parseSession,
  parseWebhookEvent,
  paymentRef,
  sessionRef,
  toInboxEntry,
  webhookEventRef,
  writePayment,
  writeSession,
  writeWebhookEvent,
} from "./db.ts";
import { mergePayment, mergeSession, toPaymentId, toSession } from "./payment.ts";
import type { Payment, PaymentSession, WebhookEvent } from "./types.ts";

/** Contended documents (one event delivered many times at once) need more than the usual five attempts. */
const MAX_ATTEMPTS = 10;

/** `duplicate`: the event's work had been done before, so there was nothing left to change. */
export interface AppliedFacts {
  outcome: "applied" | "duplicate";
  session: PaymentSession;
  paymentId: string | null;
  payment: Payment | undefined;
}

export interface FactsSubject {
  provider: string;
  news: PaymentNews;
  /** The webhook event that brought the news; absent when we asked for them ourselves. */
  event?: ProviderEvent;
}

/**
 * The one way in which news about money reaches the database: reads what is known, merges, writes what changed, all in
 * one transaction. Running it twice, late, concurrently or in another order ends in the same documents.
 */
export async function applyFacts(context: GatewayContext, subject: FactsSubject): Promise<AppliedFacts> {
  const now = context.now();
  const refs = toRefs(context, subject);
  return await context.db.runTransaction(
    async (transaction) => {
      const known = await readKnown(transaction, refs);
      if (refs.event && known.event?.status !== "processed")
        writeEvent(transaction, refs.event, { subject, known, now });
      const merged = writeNews(transaction, refs, { subject, known, now });
      return { outcome: known.event?.status === "processed" ? "duplicate" : "applied", ...merged };
    },
    { maxAttempts: MAX_ATTEMPTS },
  );
}

interface Refs {
  session: DocumentReference;
  payment?: DocumentReference;
  event?: DocumentReference;
}

function toRefs({ db }: GatewayContext, { provider, news, event }: FactsSubject): Refs {
  return {
    session: sessionRef(db, news.checkout.sessionId),
    ...(news.payment && { payment: paymentRef(db, toPaymentId(provider, news.payment.key)) }),
    ...(event && { event: webhookEventRef(db, { provider, eventId: event.eventId }) }),
  };
}

interface Known {
  session: PaymentSession | undefined;
  payment: Payment | undefined;
  event: WebhookEvent | undefined;
}

async function readKnown(transaction: Transaction, refs: Refs): Promise<Known> {
  const found = await transaction.getAll<DocumentData, DocumentData>(...Object.values(refs));
  const read = <T>(ref: DocumentReference | undefined, parse: (found: DocumentSnapshot) => T | undefined) => {
    const snapshot = found.find(({ ref: { path } }) => path === ref?.path);
    return snapshot && parse(snapshot);
  };
  return {
    session: read(refs.session, parseSession),
    payment: read(refs.payment, parsePayment),
    event: read(refs.event, parseWebhookEvent),
  };
}

interface Merging {
  subject: FactsSubject;
  known: Known;
  now: Date;
}

function writeNews(
  transaction: Transaction,
  refs: Refs,
  { subject: { provider, news }, known, now }: Merging,
): Omit<AppliedFacts, "outcome"> {
  const first = known.session ?? rebuildSession(provider, news, now);
  const session = mergeSession(first, news, now);
  if (isChanged(known.session, session)) writeSession(transaction, refs.session, session);
  if (!refs.payment) return { session, paymentId: session.paymentId, payment: undefined };
  const payment = mergePayment(known.payment, { session, sessionId: refs.session.id, news }, now);
  // A write that changes nothing would wake the credit trigger for nothing.
  if (isChanged(known.payment, payment)) writePayment(transaction, refs.payment, payment);
  return { session, paymentId: refs.payment.id, payment };
}

/** What a crash between the provider's answer and our write kept from us. */
function rebuildSession(provider: string, { order, checkout }: PaymentNews, now: Date): PaymentSession {
  if (!order) throw new Error(`Cannot rebuild session "${checkout.sessionId}": its metadata is unreadable`);
  return toSession({ provider, order, checkout }, now);
}

function writeEvent(
  transaction: Transaction,
  ref: DocumentReference,
  { subject, known, now }: Merging,
): void {
  const { provider, event } = subject;
  if (!event) return;
  const entry = toInboxEntry(provider, event, { known: known.event, now });
  writeWebhookEvent(transaction, ref, { ...entry, status: "processed", error: null, payload: null });
}

function isChanged<T extends { updatedAt: Date }>(known: T | undefined, next: T): boolean {
  return known === undefined || !isDeepStrictEqual({ ...known, updatedAt: next.updatedAt }, next);
}
