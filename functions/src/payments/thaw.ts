import type { PaymentFacts } from "../contract/documents.ts";
import { noFacts, toFreezing } from "../model/facts.ts";
import { compareAndSet } from "../platform/compareAndSet.ts";
import type { StoreContext } from "../platform/context.ts";
import { readDocument, toChange, toChangeIfNew } from "../platform/document.ts";
import { MS_PER_DAY } from "../platform/instant.ts";
import { paymentRef, privateFactsRef, readFrozen } from "./db.ts";
import { paymentDocument, privateFactsDocument, type Payment, type PrivateFacts } from "./documents.ts";
import { mergePaymentFacts } from "./merge.ts";

/** Which payment is thawed: of the warnings that freeze it, those that are at least so old, or all; and who wants it. */
export interface ThawSubject {
  paymentId: string;
  warnedBy?: Date;
  by?: { actor: string; reason: string };
}

/** `thawed`: the provider's ids of the warnings that froze the payment until now. */
export interface Thawed {
  payment: Payment;
  thawed: string[];
}

/**
 * Notes that fraud warnings no longer freeze a payment, after which its trigger books what that means for the credits. A
 * dispute freezes it all the same, and so does a later warning. Undefined if there is no such payment.
 */
export async function thawPayment(
  context: StoreContext,
  { paymentId, warnedBy, by }: ThawSubject,
): Promise<Thawed | undefined> {
  const { db } = context;
  const now = context.now();
  const refs = { payment: paymentRef(db, paymentId), hidden: privateFactsRef(db, paymentId) };
  return await compareAndSet<Thawed | undefined>(
    db,
    by ? [refs.payment, refs.hidden] : [refs.payment],
    (snapshots) => {
      const document = readDocument(snapshots, refs.payment, paymentDocument);
      if (!document.known) return { changes: [], result: undefined };
      const thawed = toThawed(document.known.facts, warnedBy);
      if (thawed.length === 0) return { changes: [], result: { payment: document.known, thawed } };
      const thaws = Object.fromEntries(thawed.map((id) => [id, { at: now }]));
      const payment = mergePaymentFacts(document.known, { ...noFacts, thaws }, now);
      const changes = toChangeIfNew(document, payment);
      if (by) {
        const hidden = readDocument(snapshots, refs.hidden, privateFactsDocument);
        changes.push(toChange(hidden, toHidden(hidden.known, { thawed, by, now })));
      }
      return { changes, result: { payment, thawed } };
    },
  );
}

function toThawed(facts: PaymentFacts, warnedBy: Date | undefined): string[] {
  const freezing = toFreezing(facts).filter(([, { at }]) => warnedBy === undefined || at <= warnedBy);
  return freezing.map(([id]) => id);
}

function toHidden(
  known: PrivateFacts | undefined,
  { thawed, by, now }: { thawed: readonly string[]; by: { actor: string; reason: string }; now: Date },
): PrivateFacts {
  const thaws = Object.fromEntries(thawed.map((id) => [id, { at: now, ...by }]));
  return { thaws: { ...known?.thaws, ...thaws }, createdAt: known?.createdAt ?? now, updatedAt: now };
}

/** `fraudFreezeDays`: how long a fraud warning freezes a payment. */
export interface ThawContext extends StoreContext {
  readonly fraudFreezeDays: number;
}

/**
 * Thaws the payments that a fraud warning has frozen for its time, each in its own commit. One that fails does not stop
 * the others: `onFailure` hears of it.
 */
export async function thawOverdue(
  context: ThawContext,
  onFailure: (error: Error) => void,
): Promise<{ payments: number }> {
  const warnedBy = new Date(context.now().getTime() - context.fraudFreezeDays * MS_PER_DAY);
  let payments = 0;
  for await (const page of readFrozen(context.db, warnedBy)) {
    for (const paymentId of page) {
      try {
        const thawed = await thawPayment(context, { paymentId, warnedBy });
        if (thawed && thawed.thawed.length > 0) payments += 1;
      } catch (cause) {
        onFailure(new Error(`Cannot thaw payment "${paymentId}"`, { cause }));
      }
    }
  }
  return { payments };
}
