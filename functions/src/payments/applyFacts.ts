import type { PaymentNews, PaymentUpdate, ProviderEvent } from "../adapters/paymentAdapter.ts";
import { compareAndSet, writeUnread } from "../platform/compareAndSet.ts";
import type { GatewayContext } from "../platform/context.ts";
import {
  parsePayment,
  parseSession,
  parseWebhookEvent,
  paymentRef,
  sessionRef,
  webhookEventRef,
} from "./db.ts";
import { readDocument, settleEvent, toChanges, toDoneEntry } from "../platform/knownDocument.ts";
import { mergePayment, mergePaymentFacts, mergeSession, toPaymentId, toSession } from "./merge.ts";
import type { Payment, PaymentSession } from "../contract/types.ts";

/** `duplicate`: the event's work had been done before. `changed`: the news brought something that was not known. */
interface Applied {
  outcome: "applied" | "duplicate";
  changed: boolean;
}

export interface AppliedFacts extends Applied {
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
 * The one way in which news about money reaches the database: reads what is known, merges, and writes what changed in
 * one commit. Running it twice, late, concurrently or in another order ends in the same documents.
 */
export async function applyFacts(context: GatewayContext, subject: FactsSubject): Promise<AppliedFacts> {
  return (await applyUnread(context, subject)) ?? (await applyRead(context, subject));
}

/**
 * What happens nearly always: the first that is heard of a payment is that it was made, in a session that is here. That
 * is written without reading anything, for the provider holds the order as we wrote it, and no state of a session comes
 * after `completed`. Undefined when something is not so, and must be read.
 */
async function applyUnread(
  context: GatewayContext,
  { provider, news, event }: FactsSubject,
): Promise<AppliedFacts | undefined> {
  const { order, checkout, payment: made } = news;
  if (!order || !news.isOriginalOrder || news.sessionStatus !== "completed" || !made?.facts.paid)
    return undefined;
  const { db } = context;
  const now = context.now();
  const { sessionId } = checkout;
  const session = mergeSession(toSession({ provider, order, checkout }, now), news, now);
  const payment = mergePayment(undefined, { session, sessionId, news }, now);
  const { status, amount, paymentId, providerData, updatedAt } = session;
  const entry = event && {
    ref: webhookEventRef(db, { provider, eventId: event.eventId }),
    data: toDoneEntry(provider, event, { known: undefined, now }),
  };
  const isWritten = await writeUnread(db, {
    created: [{ ref: paymentRef(db, toPaymentId(provider, made.key)), data: payment }, entry].filter(
      isDefined,
    ),
    updated: { ref: sessionRef(db, sessionId), data: { status, amount, paymentId, providerData, updatedAt } },
  });
  return isWritten ? { outcome: "applied", changed: true, session, payment, paymentId } : undefined;
}

async function applyRead(context: GatewayContext, subject: FactsSubject): Promise<AppliedFacts> {
  const { provider, news, event } = subject;
  const { db } = context;
  const now = context.now();
  const { sessionId } = news.checkout;
  const sessionAt = sessionRef(db, sessionId);
  const paymentAt = news.payment && paymentRef(db, toPaymentId(provider, news.payment.key));
  const eventAt = event && webhookEventRef(db, { provider, eventId: event.eventId });
  return await compareAndSet(db, [sessionAt, paymentAt, eventAt].filter(isDefined), (snapshots) => {
    const sessionDoc = readDocument(snapshots, sessionAt, parseSession);
    const first = sessionDoc.known ?? rebuildSession(provider, news, now);
    const session = mergeSession(first, news, now);
    const changes = toChanges(sessionDoc, session);
    let payment: Payment | undefined;
    if (paymentAt) {
      const paymentDoc = readDocument(snapshots, paymentAt, parsePayment);
      payment = mergePayment(paymentDoc.known, { session, sessionId, news }, now);
      // A write that changes nothing would wake the credit trigger for nothing.
      changes.push(...toChanges(paymentDoc, payment));
    }
    const result = {
      session,
      payment,
      paymentId: session.paymentId,
      changed: changes.length > 0,
    };
    const done = settleEvent(eventAt && readDocument(snapshots, eventAt, parseWebhookEvent), {
      provider,
      event,
      now,
    });
    return { changes: [...changes, ...done.changes], result: { ...result, outcome: done.outcome } };
  });
}

/** `unknown`: no such payment here, so that whose it is must be asked at the provider. */
export type AppliedUpdate = (Applied & { paymentId: string; payment: Payment }) | { outcome: "unknown" };

/** The same for news that names a payment by its key alone. Writes nothing while the payment is unknown. */
export async function applyUpdate(
  context: GatewayContext,
  subject: { provider: string; update: PaymentUpdate; event?: ProviderEvent },
): Promise<AppliedUpdate> {
  const { provider, update, event } = subject;
  const { db } = context;
  const now = context.now();
  const paymentId = toPaymentId(provider, update.key);
  const paymentAt = paymentRef(db, paymentId);
  const eventAt = event && webhookEventRef(db, { provider, eventId: event.eventId });
  return await compareAndSet<AppliedUpdate>(db, [paymentAt, eventAt].filter(isDefined), (snapshots) => {
    const paymentDoc = readDocument(snapshots, paymentAt, parsePayment);
    if (!paymentDoc.known) return { changes: [], result: { outcome: "unknown" } };
    const payment = mergePaymentFacts(paymentDoc.known, update.facts, now);
    const changes = toChanges(paymentDoc, payment);
    const done = settleEvent(eventAt && readDocument(snapshots, eventAt, parseWebhookEvent), {
      provider,
      event,
      now,
    });
    const result = { outcome: done.outcome, changed: changes.length > 0, paymentId, payment };
    return { changes: [...changes, ...done.changes], result };
  });
}

/** What a crash between the provider's answer and our write kept from us. */
function rebuildSession(provider: string, { order, checkout }: PaymentNews, now: Date): PaymentSession {
  if (!order) throw new Error(`Cannot rebuild session "${checkout.sessionId}": its metadata is unreadable`);
  return toSession({ provider, order, checkout }, now);
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
