import type { Stripe } from "stripe";
import type { DisputeState, RefundState } from "../../contract/codes.ts";
import type { DisputeFact, PaymentFacts } from "../../contract/documents.ts";
import { mergeFacts, noFacts } from "../../model/facts.ts";
import type { PaymentUpdate } from "../paymentAdapter.ts";
import { readExpanded, toDate, toId } from "./checkout.ts";

/** The metadata field of a refund that says which call asked for it. */
export const REQUEST_ID = "gatewayRequestId";

/** Source: https://docs.stripe.com/refunds#failed-refunds (the money of a failed refund returns to our balance) */
const refundStates: Record<string, RefundState> = {
  pending: "pending",
  requires_action: "pending",
  succeeded: "succeeded",
  failed: "failed",
  canceled: "failed",
};

/** Source: https://docs.stripe.com/api/disputes/object#dispute_object-status */
const disputeStates: Record<string, DisputeState> = {
  warning_needs_response: "warning",
  warning_under_review: "warning",
  warning_closed: "warning_closed",
  needs_response: "open",
  under_review: "open",
  appeal_needs_response: "open",
  appeal_under_review: "open",
  won: "won",
  prevented: "won",
  lost: "lost",
};

/** Undefined for a refund without a payment intent, which is not ours. */
export function toRefundUpdate(refund: Stripe.Refund): PaymentUpdate | undefined {
  // In an unknown state the money may be gone.
  const state = refundStates[refund.status ?? "pending"] ?? "pending";
  const { id, amount, created, metadata } = refund;
  const requestId = metadata?.[REQUEST_ID];
  const fact = { state, amount, at: toDate(created), ...(requestId !== undefined && { requestId }) };
  return toUpdate(refund.payment_intent, { refunds: { [id]: fact } });
}

/**
 * `at` dates the state: a dispute may go back and forth. Its amounts are in its own currency, unless its charge was fetched
 * with it.
 */
export function toDisputeUpdate(dispute: Stripe.Dispute, at: Date): PaymentUpdate | undefined {
  const charge = readExpanded(dispute.charge);
  const update = toUpdate(dispute.payment_intent, {
    disputes: { [dispute.id]: { ...toDisputed(dispute, charge), at } },
  });
  return update && { ...update, currency: charge?.currency ?? dispute.currency };
}

/**
 * What counts is the money that moved, whatever the status says: a dispute that took nothing is not lost, and one that was
 * `prevented` may have taken its amount. What a won dispute took comes back a little later.
 * Source: https://docs.stripe.com/api/disputes/object#dispute_object-balance_transactions
 */
function toDisputed(
  dispute: Stripe.Dispute,
  charge: Stripe.Charge | undefined,
): Pick<DisputeFact, "state" | "amount"> {
  const state = disputeStates[dispute.status] ?? "open";
  const { out, back } = toMoved(dispute);
  const isOver = state !== "open" && state !== "warning";
  const isComing = dispute.status === "won" && back === 0;
  if (!isOver || isComing || !showsMoney(dispute))
    return { state, amount: toAmount(dispute, charge, dispute.amount) };
  const taken = toTaken(dispute);
  if (out > 0 && taken > 0) return { state: "lost", amount: toAmount(dispute, charge, taken) };
  return state === "lost"
    ? { state, amount: 0 }
    : { state, amount: toAmount(dispute, charge, dispute.amount) };
}

/** An event of an old API version does not; it is read again anyway. */
function showsMoney({ balance_transactions: moved }: Partial<Stripe.Dispute>): boolean {
  return moved !== undefined;
}

/** What was withdrawn, and what came back, in minor units of the account's balance. */
function toMoved({ balance_transactions: moved = [] }: Partial<Stripe.Dispute>): {
  out: number;
  back: number;
} {
  return {
    out: moved.reduce((sum, { amount }) => sum + Math.max(0, -amount), 0),
    back: moved.reduce((sum, { amount }) => sum + Math.max(0, amount), 0),
  };
}

/** Minor units of the dispute's currency that are gone. */
function toTaken(dispute: Stripe.Dispute): number {
  const { amount, currency, balance_transactions: moved } = dispute;
  const { out, back } = toMoved(dispute);
  if (moved.every((transaction) => transaction.currency === currency)) return Math.max(0, out - back);
  // Rates change between a withdrawal and its return, so that the two need not be equal.
  return out > 0 && back === 0 ? amount : 0;
}

/**
 * An amount of a dispute in the currency of its charge. In another one, what the dispute took from the balance is compared
 * with what the charge brought there; if that cannot be compared, it is about the whole charge.
 * Source: https://docs.stripe.com/api/charges/object#charge_object-balance_transaction
 */
function toAmount(dispute: Stripe.Dispute, charge: Stripe.Charge | undefined, amount: number): number {
  if (!charge || charge.currency === dispute.currency) return amount;
  const brought = readExpanded(charge.balance_transaction);
  const { out } = toMoved(dispute);
  const isComparable =
    brought !== undefined &&
    brought.amount > 0 &&
    out > 0 &&
    dispute.balance_transactions.every(({ currency }) => currency === brought.currency);
  if (!isComparable) return charge.amount;
  return Math.min(charge.amount, Math.round((charge.amount * out) / brought.amount));
}

/**
 * A bank's warning that a payment is likely to be disputed; closed once nothing can be done about it any more. It freezes
 * from when it was made, whatever is said about it later.
 * Source: https://docs.stripe.com/disputes/measuring#early-fraud-warnings
 */
export function toFraudWarningUpdate(
  warning: Stripe.Radar.EarlyFraudWarning,
  at: Date,
): PaymentUpdate | undefined {
  const { id, payment_intent: intent, created } = warning;
  const fact = warning.actionable
    ? { state: "warning" as const, amount: 0, at: toDate(created) }
    : { state: "warning_closed" as const, amount: 0, at };
  return toUpdate(intent, { disputes: { [id]: fact } });
}

/** The refunds and disputes of one payment. A fetched dispute is dated by its creation; its events have later dates. */
export function toMoneyBack(
  refunds: readonly Stripe.Refund[],
  disputes: readonly Stripe.Dispute[],
): PaymentFacts {
  const updates = [
    ...refunds.map(toRefundUpdate),
    ...disputes.map((dispute) => toDisputeUpdate(dispute, toDate(dispute.created))),
  ];
  return updates.reduce((facts, update) => mergeFacts(facts, update?.facts ?? noFacts), noFacts);
}

function toUpdate(
  paymentIntent: Parameters<typeof toId>[0],
  facts: Partial<PaymentFacts>,
): PaymentUpdate | undefined {
  const key = toId(paymentIntent);
  return key === undefined ? undefined : { key, facts: { ...noFacts, ...facts } };
}
