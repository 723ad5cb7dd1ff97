import type { PaymentNews, PaymentUpdate } from "../adapters/paymentAdapter.ts";
import type { Worth } from "../contract/documents.ts";
import type { Applied, Committer } from "../inbox/committer.ts";
import { compareAndSet } from "../platform/compareAndSet.ts";
import { hasHidden, noFacts } from "../model/facts.ts";
import type { StoreContext } from "../platform/context.ts";
import { readDocument, toChange, toChangeIfNew } from "../platform/document.ts";
import { findFree, paymentRef, privateFactsRef, sessionRef } from "./db.ts";
import { giveFreeOrder } from "./free.ts";
import {
  freeDocument,
  paymentDocument,
  sessionDocument,
  type Payment,
  type PaymentSession,
} from "./documents.ts";
import { mergePayment, mergePaymentFacts, mergeSession, toPaymentId, toSession } from "./merge.ts";
import { readWhole, toWholeChanges } from "./whole.ts";

interface Found {
  session: PaymentSession;
  paymentId: string | null;
  payment: Payment | undefined;
}

export type AppliedFacts = Applied & Found;

/** A checkout's news, and what is not in it. */
export interface FactsSubject {
  provider: string;
  news: PaymentNews;
  /** How often its product is given to one user without asking for money; once unless told otherwise. */
  freeTimes?: number | undefined;
  /** What was really bought, if that is not the order. */
  bought?: Worth | undefined;
}

/**
 * Writes the news of a checkout and its payment: reads what is known, merges, and writes what changed in one commit.
 * Invoices have `applyInvoice`, news that names only a payment has `applyUpdate`. Running it twice, late, concurrently
 * or in another order ends in the same documents.
 */
export async function applyFacts(
  context: StoreContext,
  subject: FactsSubject,
  committer: Committer,
): Promise<AppliedFacts> {
  return (await applyUnread(context, subject, committer)) ?? (await applyRead(context, subject, committer));
}

/**
 * The usual case: the first news of a payment is that it was made, and its session exists. It is written without
 * reading anything, since the provider has the order as we wrote it and no state of a session comes after `completed`.
 * Undefined if a document is not as expected and must be read.
 */
async function applyUnread(
  context: StoreContext,
  { provider, news, bought }: FactsSubject,
  committer: Committer,
): Promise<AppliedFacts | undefined> {
  const { order, checkout, payment: made } = news;
  const isPaid = news.sessionStatus === "completed" && made?.facts.paid !== undefined;
  if (!order || news.orderSubtotal === undefined || !isPaid || bought || isFree(news)) return undefined;
  if (hasHidden(made.facts)) return undefined;
  const { db } = context;
  const now = context.now();
  const { sessionId } = checkout;
  const session = mergeSession(toSession({ provider, order, checkout }, now), news, now);
  const { payment } = mergePayment(undefined, { session, sessionId, news }, now);
  const { status, amount, currency, paymentId, providerData, updatedAt } = session;
  const isWritten = await committer.commitUnread({
    created: [
      { ref: paymentRef(db, toPaymentId(provider, made.key)), data: paymentDocument.toData(payment) },
    ],
    updated: {
      ref: sessionRef(db, sessionId),
      data: { status, amount, currency, paymentId, providerData, updatedAt },
    },
  });
  return isWritten ? { outcome: "applied", changed: true, session, payment, paymentId } : undefined;
}

async function applyRead(
  context: StoreContext,
  { provider, news, freeTimes = 1, bought }: FactsSubject,
  committer: Committer,
): Promise<AppliedFacts> {
  const { db } = context;
  const now = context.now();
  const { sessionId } = news.checkout;
  const sessionAt = sessionRef(db, sessionId);
  const paymentAt = news.payment && paymentRef(db, toPaymentId(provider, news.payment.key));
  const freeAt = isFree(news) ? await findFree(db, provider, news) : undefined;
  const { outcome, changed, result } = await committer.commit<Found>(
    [sessionAt, paymentAt, freeAt].filter((ref) => ref !== undefined),
    (snapshots) => {
      const sessionDoc = readDocument(snapshots, sessionAt, sessionDocument);
      const before = sessionDoc.known ?? rebuildSession({ provider, news, bought }, now);
      const session = mergeSession(before, news, now);
      // What an order is worth that was changed at the provider is known once its lines are paid.
      const isKnown =
        sessionDoc.known !== undefined || news.orderSubtotal !== undefined || bought !== undefined;
      const changes = isKnown ? toChangeIfNew(sessionDoc, session) : [];
      const { paymentId } = session;
      if (!paymentAt) return { changes, result: { session, payment: undefined, paymentId } };
      const whole = readWhole(snapshots, paymentAt, news.payment?.facts ?? noFacts);
      const next = mergePayment(whole.known, { session, sessionId, news }, now);
      const { payment } = next;
      if (freeAt && !whole.known) {
        const free = readDocument(snapshots, freeAt, freeDocument);
        const wanted = { userId: session.userId, paymentId: paymentAt.id, times: freeTimes };
        const decided = giveFreeOrder(free.known, wanted, now);
        if (decided.free !== free.known) changes.push(toChange(free, decided.free));
        payment.worth = toFreeWorth(session, decided.isGiven);
      }
      if (bought && !whole.known) payment.worth = bought;
      // A write that changes nothing would run the credit trigger for nothing.
      return {
        changes: [...changes, ...toWholeChanges(whole, next)],
        result: { session, payment, paymentId },
      };
    },
  );
  return { outcome, changed, ...result };
}

/**
 * Writes news that names a payment by its key alone. Undefined, with nothing written, if it is not known here, or if it is
 * in another currency: then only the provider can say what the news means.
 */
export async function applyUpdate(
  context: StoreContext,
  { provider, update }: { provider: string; update: PaymentUpdate },
  committer: Committer,
): Promise<(Applied & { paymentId: string; payment: Payment }) | undefined> {
  const now = context.now();
  const paymentId = toPaymentId(provider, update.key);
  const paymentAt = paymentRef(context.db, paymentId);
  const hiddenAt = hasHidden(update.facts) ? [privateFactsRef(paymentAt)] : [];
  const committed = await committer.commit([paymentAt, ...hiddenAt], (snapshots) => {
    const whole = readWhole(snapshots, paymentAt, update.facts);
    const { known } = whole;
    const { currency = known?.payment.currency } = update;
    if (!known || currency !== known.payment.currency) return undefined;
    const next = mergePaymentFacts(known, update.facts, now);
    return { changes: toWholeChanges(whole, next), result: { paymentId, payment: next.payment } };
  });
  if (!committed) return undefined;
  const { outcome, changed, result } = committed;
  return { outcome, changed, ...result };
}

/** Ends a session whose time is over, and of which the provider says nothing. Returns whether that is new. */
export async function expireUnread({ db, now }: StoreContext, sessionId: string): Promise<boolean> {
  const expiredAt = now();
  const sessionAt = sessionRef(db, sessionId);
  return await compareAndSet(db, [sessionAt], (snapshots) => {
    const session = readDocument(snapshots, sessionAt, sessionDocument);
    if (session.known?.status !== "created") return { changes: [], result: false };
    const next = { ...session.known, status: "expired" as const, updatedAt: expiredAt };
    return { changes: [toChange(session, next)], result: true };
  });
}

/** Whether no money is asked for a one-time order. */
export function isFree({ payment, checkout }: PaymentNews): boolean {
  return checkout.mode === "payment" && payment?.facts.paid?.amount === 0;
}

/** Nothing says how many units of something free are too many, so it counts once. */
function toFreeWorth({ worth, quantity }: PaymentSession, isGiven: boolean): Worth {
  return { ...worth, creditsAmount: isGiven ? worth.creditsAmount / quantity : 0 };
}

/** The session that a crash between the provider's answer and our write kept from being saved. */
function rebuildSession({ provider, news, bought }: FactsSubject, now: Date): PaymentSession {
  const { order, orderSubtotal, checkout } = news;
  if (!order) throw new Error(`Cannot rebuild session "${checkout.sessionId}": its metadata is unreadable`);
  const worth = orderSubtotal === undefined && bought ? bought : order.worth;
  return toSession({ provider, order: { ...order, worth }, checkout }, now);
}
