import type { Stripe } from "stripe";
import { disputeMoney } from "../../objects/disputes/disputes.ts";
import type { Context } from "../context/context.ts";

export const disputeOutcomes = ["won", "lost", "warning_closed"] as const;
export type Outcome = (typeof disputeOutcomes)[number];

/** Whether a dispute in this state can end like this: an inquiry is closed, a chargeback won or lost. */
export function canClose({ status }: Stripe.Dispute, outcome: Outcome): boolean {
  const states =
    outcome === "warning_closed"
      ? ["warning_needs_response", "warning_under_review"]
      : ["needs_response", "under_review"];
  return states.includes(status);
}

/** Ends a dispute: `charge.dispute.closed`, and `charge.dispute.funds_reinstated` if money comes back. */
export function closeDispute(context: Context, before: Stripe.Dispute, outcome: Outcome): Stripe.Dispute {
  const { store, events, origin, clock } = context;
  const closed = store.disputes.replace({
    ...before,
    is_charge_refundable: outcome !== "lost",
    status: outcome,
  });
  events.emit("charge.dispute.closed", closed, { origin, previous: before });
  const [withdrawn] = before.balance_transactions;
  if (outcome !== "won" || withdrawn === undefined) return closed;
  const { amount, currency } = withdrawn;
  const reinstated = store.disputes.replace({
    ...closed,
    balance_transactions: [
      ...closed.balance_transactions,
      disputeMoney(closed, { amount: -amount, currency }, clock.now()),
    ],
  });
  events.emit("charge.dispute.funds_reinstated", reinstated, { origin, previous: closed });
  return reinstated;
}
