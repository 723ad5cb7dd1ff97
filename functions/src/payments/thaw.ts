import type { PaymentFacts } from "../contract/documents.ts";
import { noFacts, toFreezing } from "../model/facts.ts";
import { compareAndSet } from "../platform/compareAndSet.ts";
import type { StoreContext } from "../platform/context.ts";
import { MS_PER_DAY } from "../platform/instant.ts";
import { paymentRef, privateFactsRef, readFrozen } from "./db.ts";
import type { Payment } from "./documents.ts";
import { mergePaymentFacts, toWholeFacts } from "./merge.ts";
import { readAllOfWhole, toWholeChanges } from "./whole.ts";

/** Which payment is thawed: of the warnings that freeze it, those that are at least so old, or all; and who wants it. */
export interface ThawSubject {
  paymentId: string;
  warnedBy?: Date;
  by?: { actor: string; reason: string };
}

/** `thawed`: the provider's ids of the warnings that froze the payment until now. `facts`: all, hidden ones too. */
export interface Thawed {
  payment: Payment;
  facts: PaymentFacts;
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
  const paymentAt = paymentRef(db, paymentId);
  const refs = [paymentAt, privateFactsRef(paymentAt)];
  return await compareAndSet<Thawed | undefined>(db, refs, (snapshots) => {
    const whole = readAllOfWhole(snapshots, paymentAt);
    if (!whole.known) return { changes: [], result: undefined };
    const facts = toWholeFacts(whole.known);
    const thawed = toThawed(facts, warnedBy);
    const thaws = Object.fromEntries(thawed.map((id) => [id, { at: now, ...by }]));
    if (thawed.length === 0) return { changes: [], result: { ...whole.known, facts, thawed } };
    const next = mergePaymentFacts(whole.known, { ...noFacts, thaws }, now);
    return { changes: toWholeChanges(whole, next), result: { ...next, facts, thawed } };
  });
}

function toThawed(facts: PaymentFacts, warnedBy: Date | undefined): string[] {
  const freezing = toFreezing(facts).filter(([, { at }]) => warnedBy === undefined || at <= warnedBy);
  return freezing.map(([id]) => id);
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
