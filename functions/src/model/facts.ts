import * as z from "zod";
import {
  creditNoteStates,
  disputeStates,
  refundStates,
  sessionStatuses,
  type PaymentStatus,
  type SessionStatus,
} from "../contract/codes.ts";
import type {
  CreditNoteFact,
  DisputeFact,
  PaymentFacts,
  RefundFact,
  ThawFact,
} from "../contract/documents.ts";
import { instant } from "../platform/instant.ts";
import { readsExactly } from "../platform/schema.ts";
import { currency, minorUnits } from "./money.ts";

/*
 * What is known about one payment, as a set of facts. Merging is commutative, associative and idempotent, so that the
 * order and the number of deliveries do not matter; `toPaymentStatus` derives the rest.
 */

export const refundFactSchema = readsExactly<RefundFact>()(
  z.object({
    state: z.enum(refundStates),
    amount: minorUnits,
    at: instant,
    requestId: z.string().exactOptional(),
  }),
);
export const disputeFactSchema = readsExactly<DisputeFact>()(
  z.object({ state: z.enum(disputeStates), amount: minorUnits, at: instant }),
);
export const creditNoteFactSchema = readsExactly<CreditNoteFact>()(
  z.object({
    state: z.enum(creditNoteStates),
    prePayment: minorUnits,
    postPayment: minorUnits,
    at: instant,
  }),
);

export const thawFactSchema = readsExactly<ThawFact>()(
  z.object({ at: instant, actor: z.string().exactOptional(), reason: z.string().exactOptional() }),
);

export const paymentFactsSchema = readsExactly<PaymentFacts>()(
  z.object({
    paid: z
      .object({ amount: minorUnits, currency, at: instant, fromBalance: minorUnits.exactOptional() })
      .optional(),
    failed: z.object({ reason: z.string(), at: instant }).optional(),
    canceled: z.object({ at: instant }).optional(),
    refunds: z.record(z.string(), refundFactSchema).default({}),
    disputes: z.record(z.string(), disputeFactSchema).default({}),
    creditNotes: z.record(z.string(), creditNoteFactSchema).default({}),
    thaws: z.record(z.string(), thawFactSchema).exactOptional(),
    revoked: z.object({ at: instant }).exactOptional(),
  }),
);

export const noFacts: PaymentFacts = { refunds: {}, disputes: {}, creditNotes: {} };

/** What banks say of a payment, and who did not believe them: not for its user. */
export type HiddenFacts = Required<Pick<PaymentFacts, "disputes" | "thaws">>;

export function toHiddenFacts({
  disputes,
  thaws = {},
}: Pick<PaymentFacts, "disputes" | "thaws">): HiddenFacts {
  return { disputes, thaws };
}

/** The facts that a payment's user may read. */
export function toOpenFacts({ thaws: _thaws, ...facts }: PaymentFacts): PaymentFacts {
  return { ...facts, disputes: {} };
}

export function hasHidden({ disputes, thaws = {} }: PaymentFacts): boolean {
  return Object.keys(disputes).length > 0 || Object.keys(thaws).length > 0;
}

export function mergeSessionStatus(a: SessionStatus, b: SessionStatus): SessionStatus {
  return sessionStatuses.indexOf(a) >= sessionStatuses.indexOf(b) ? a : b;
}

export function mergeFacts(a: PaymentFacts, b: PaymentFacts): PaymentFacts {
  // A fetched charge only says when it began; for a bank debit that is days before the money came.
  const paid = pick(a.paid, b.paid, latest);
  const failed = pick(a.failed, b.failed, latest);
  const canceled = pick(a.canceled, b.canceled, earliest);
  const revoked = pick(a.revoked, b.revoked, earliest);
  const thaws = pick(a.thaws, b.thaws, (one, other) => mergeRecords<ThawFact>(one, other, earliest));
  return {
    ...(paid && { paid }),
    ...(failed && { failed }),
    ...(canceled && { canceled }),
    refunds: mergeRecords(a.refunds, b.refunds, byRank<RefundFact>(refundStates)),
    disputes: mergeRecords(a.disputes, b.disputes, latestDispute),
    creditNotes: mergeRecords(a.creditNotes, b.creditNotes, byRank<CreditNoteFact>(creditNoteStates)),
    ...(thaws && { thaws }),
    ...(revoked && { revoked }),
  };
}

/** Minor units given back or on their way back; never more than was paid. */
export function toAmountRefunded(facts: PaymentFacts): number {
  const total = Object.values(facts.refunds)
    .filter((refund) => refund.state !== "failed")
    .reduce((sum, refund) => sum + refund.amount, 0);
  return Math.min(total, facts.paid?.amount ?? 0);
}

/** Minor units taken back by lost disputes; never more than was paid. */
export function toAmountChargedBack(facts: PaymentFacts): number {
  const total = Object.values(facts.disputes)
    .filter((dispute) => dispute.state === "lost")
    .reduce((sum, dispute) => sum + dispute.amount, 0);
  return Math.min(total, facts.paid?.amount ?? 0);
}

/** Minor units that issued credit notes gave back after payment without a refund: to a balance, or elsewhere. */
export function toAmountCredited(facts: PaymentFacts): number {
  return sumIssued(facts, ({ postPayment }) => postPayment);
}

/** Minor units that issued credit notes took off before payment, so that nobody paid them. */
export function toAmountForgiven(facts: PaymentFacts): number {
  return sumIssued(facts, ({ prePayment }) => prePayment);
}

function sumIssued(facts: PaymentFacts, toAmount: (note: CreditNoteFact) => number): number {
  return Object.values(facts.creditNotes)
    .filter(({ state }) => state === "issued")
    .reduce((sum, note) => sum + toAmount(note), 0);
}

/** The bank's warnings of fraud, whether something can still be done about them or not. */
export function toFraudWarnings({ disputes }: PaymentFacts): [string, DisputeFact][] {
  return Object.entries(disputes).filter(([, fact]) => isFraudWarning(fact));
}

/** Those that freeze the payment. */
export function toFreezing(facts: PaymentFacts): [string, DisputeFact][] {
  return toFraudWarnings(facts).filter(([id, { state }]) => state === "warning" && !isThawed(facts, id));
}

/** It names no money, unlike an inquiry. */
function isFraudWarning({ state, amount }: DisputeFact): boolean {
  return amount === 0 && (state === "warning" || state === "warning_closed");
}

function isThawed({ thaws = {} }: PaymentFacts, id: string): boolean {
  return Object.hasOwn(thaws, id);
}

export function toPaymentStatus(facts: PaymentFacts): PaymentStatus {
  // No money ever came, and nothing that is heard of later changes that.
  if (facts.revoked) return "canceled";
  if (!facts.paid) {
    if (facts.canceled) return "canceled";
    return facts.failed ? "failed" : "pending";
  }
  const disputes = Object.values(facts.disputes);
  // One that took nothing changes nothing: all had been refunded before.
  if (disputes.some(({ state, amount }) => state === "lost" && amount > 0)) return "charged_back";
  const isDisputed = disputes.some((fact) => isOpen(fact) && !isFraudWarning(fact));
  if (isDisputed || toFreezing(facts).length > 0) return "disputed";
  const goneBack = toAmountRefunded(facts) + toAmountCredited(facts);
  if (goneBack === 0) return "succeeded";
  const { amount, fromBalance = 0 } = facts.paid;
  return goneBack >= amount + fromBalance ? "refunded" : "partially_refunded";
}

function isOpen({ state }: DisputeFact): boolean {
  return state === "open" || state === "warning";
}

type Choice<T> = (a: T, b: T) => T;

function pick<T>(a: T | undefined, b: T | undefined, choose: Choice<T>): T | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : choose(a, b);
}

/** Ties are broken by content, so that the choice does not depend on which side a fact is on. */
function earliest<T extends { at: Date }>(a: T, b: T): T {
  const difference = a.at.getTime() - b.at.getTime();
  if (difference !== 0) return difference < 0 ? a : b;
  return toSortKey(a) <= toSortKey(b) ? a : b;
}

function latest<T extends { at: Date }>(a: T, b: T): T {
  const difference = a.at.getTime() - b.at.getTime();
  if (difference !== 0) return difference > 0 ? a : b;
  return toSortKey(a) <= toSortKey(b) ? a : b;
}

function byRank<T extends { state: string; at: Date }>(states: readonly T["state"][]): Choice<T> {
  return (a, b) => {
    const difference = states.indexOf(a.state) - states.indexOf(b.state);
    if (difference !== 0) return difference > 0 ? a : b;
    return earliest(a, b);
  };
}

/** A dispute may go back and forth (an appeal): its latest state counts, or of two at once that of the higher rank. */
const latestDispute: Choice<DisputeFact> = (a, b) => {
  if (a.at.getTime() !== b.at.getTime()) return latest(a, b);
  // Of one state at one moment, what says of more money was said after it had moved.
  if (a.state === b.state && a.amount !== b.amount) return a.amount > b.amount ? a : b;
  return byRank<DisputeFact>(disputeStates)(a, b);
};

function mergeRecords<T>(a: Record<string, T>, b: Record<string, T>, choose: Choice<T>): Record<string, T> {
  const merged = new Map(Object.entries(a));
  for (const [id, fact] of Object.entries(b)) {
    const known = merged.get(id);
    merged.set(id, known === undefined ? fact : choose(known, fact));
  }
  return Object.fromEntries(merged);
}

function toSortKey(fact: object): string {
  return JSON.stringify(Object.entries(fact).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
