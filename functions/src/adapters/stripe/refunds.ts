import type { Stripe } from "stripe";
import type { DisputeState, RefundState } from "../../contract/codes.ts";
import type { PaymentFacts } from "../../contract/documents.ts";
import { mergeFacts, noFacts } from "../../model/facts.ts";
import type { PaymentUpdate } from "../paymentAdapter.ts";
import { toDate, toId } from "./checkout.ts";

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

/** `at` dates the state: a dispute may go back and forth. */
export function toDisputeUpdate(dispute: Stripe.Dispute, at: Date): PaymentUpdate | undefined {
  const state = disputeStates[dispute.status] ?? "open";
  const { id, amount } = dispute;
  return toUpdate(dispute.payment_intent, { disputes: { [id]: { state, amount, at } } });
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
