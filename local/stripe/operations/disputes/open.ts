import type { Stripe } from "stripe";
import { disputeMoney, newDispute, type DisputeMoney } from "../../objects/disputes/disputes.ts";
import type { Context } from "../context/context.ts";
import { refreshWarnings } from "./fraudWarnings.ts";

/** Why a buyer disputes, see https://docs.stripe.com/disputes/categories. */
export const disputeReasons = [
  "bank_cannot_process",
  "check_returned",
  "credit_not_processed",
  "customer_initiated",
  "debit_not_authorized",
  "duplicate",
  "fraudulent",
  "general",
  "incorrect_account_details",
  "insufficient_funds",
  "noncompliant",
  "product_not_received",
  "product_unacceptable",
  "subscription_canceled",
  "unrecognized",
] as const;

/** `currency` of the dispute and `withdrawn`, what it takes in the charge's, differ if the bank counts in another one. */
export interface DisputeWish {
  amount: number;
  currency: string;
  withdrawn: number;
  reason: string;
  inquiry: boolean;
}

/**
 * Opens a dispute: `charge.dispute.created`, and for a chargeback `charge.dispute.funds_withdrawn`. An inquiry withdraws
 * nothing yet, and a charge that was refunded in full has nothing left to withdraw.
 */
export function openDispute(context: Context, charge: Stripe.Charge, wish: DisputeWish): Stripe.Dispute {
  const { store, events, clock } = context;
  const dispute = store.disputes.insert(newDispute(charge, { ...wish, now: clock.now() }));
  store.charges.replace({ ...charge, disputed: true });
  events.emit("charge.dispute.created", dispute, context);
  refreshWarnings(context, charge.id);
  if (wish.inquiry || charge.refunded) return dispute;
  return withdraw(context, dispute, { amount: -wish.withdrawn, currency: charge.currency });
}

/**
 * A dispute that never became a chargeback, since a rule of the merchant accepted it (the money moves, and is not listed as
 * a refund) or since the bank was convinced before (none does). Source: https://docs.stripe.com/disputes/get-started/prevention
 */
export function preventDispute(context: Context, charge: Stripe.Charge, wish: DisputeWish): Stripe.Dispute {
  const { store, events, clock } = context;
  const opened = newDispute(charge, { ...wish, inquiry: false, now: clock.now() });
  const dispute = store.disputes.insert({ ...opened, status: "prevented" });
  store.charges.replace({ ...charge, disputed: true });
  events.emit("charge.dispute.created", dispute, context);
  refreshWarnings(context, charge.id);
  if (wish.withdrawn === 0) return dispute;
  return withdraw(context, dispute, { amount: -wish.withdrawn, currency: charge.currency });
}

/** Turns an inquiry into a chargeback: `charge.dispute.updated`, `charge.dispute.funds_withdrawn`. */
export function escalateInquiry(context: Context, inquiry: Stripe.Dispute): Stripe.Dispute {
  const { store, events, origin } = context;
  const details = inquiry.payment_method_details;
  const dispute = store.disputes.replace({
    ...inquiry,
    is_charge_refundable: false,
    ...(details?.card && {
      payment_method_details: { ...details, card: { ...details.card, case_type: "chargeback" } },
    }),
    status: "needs_response",
  });
  events.emit("charge.dispute.updated", dispute, { origin, previous: inquiry });
  const { amount, currency } = dispute;
  return withdraw(context, dispute, { amount: -amount, currency });
}

function withdraw(context: Context, before: Stripe.Dispute, money: DisputeMoney): Stripe.Dispute {
  const { store, events, clock } = context;
  const dispute = store.disputes.replace({
    ...before,
    balance_transactions: [disputeMoney(before, money, clock.now())],
  });
  events.emit("charge.dispute.funds_withdrawn", dispute, { origin: context.origin, previous: before });
  return dispute;
}
