import type { Stripe } from "stripe";
import { DAY } from "../../platform/clock.ts";
import { missingObject } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { reference, type Expansions } from "../store/expansions.ts";
import { idOf, type Store } from "../store/store.ts";

export const disputeExpansions: Expansions = {
  dispute: { charge: reference("charges"), payment_intent: reference("paymentIntents") },
};

const EVIDENCE_DAYS = 9;
/** The fee for a dispute, in the minor unit. */
const FEE = 1500;

/** The evidence that can be given as text; files are not supported. */
export const textEvidence = [
  "access_activity_log",
  "billing_address",
  "cancellation_policy_disclosure",
  "cancellation_rebuttal",
  "customer_email_address",
  "customer_name",
  "customer_purchase_ip",
  "duplicate_charge_explanation",
  "duplicate_charge_id",
  "product_description",
  "refund_policy_disclosure",
  "refund_refusal_explanation",
  "service_date",
  "shipping_address",
  "shipping_carrier",
  "shipping_date",
  "shipping_tracking_number",
  "uncategorized_text",
] as const;

/** A new dispute as Stripe shows it before anything was done about it. */
export function newDispute(
  charge: Stripe.Charge,
  fields: {
    amount: number;
    currency: string;
    reason: string;
    inquiry: boolean;
    now: number;
  },
): Stripe.Dispute {
  const { amount, currency, reason, inquiry, now } = fields;
  const details = charge.payment_method_details;
  const brand = details?.card?.brand ?? "unknown";
  return {
    id: newId("du"),
    object: "dispute",
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: now,
    currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: now + EVIDENCE_DAYS * DAY,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: "not_submitted",
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    ...(details?.type === "card" && {
      network_reason_code: "10.4",
      payment_method_details: {
        card: {
          brand,
          case_type: inquiry ? "inquiry" : "chargeback",
          network: brand,
          network_reason_code: "10.4",
        },
        type: "card",
      },
    }),
    reason,
    status: inquiry ? "warning_needs_response" : "needs_response",
  };
}

/** Money of the account's balance, in minor units: negative if a dispute takes it. */
export interface DisputeMoney {
  amount: number;
  currency: string;
}

/** The money of a dispute on its way from the account or back to it. A dispute that was prevented costs no fee. */
export function disputeMoney(
  dispute: Stripe.Dispute,
  { amount, currency }: DisputeMoney,
  now: number,
): Stripe.BalanceTransaction {
  const out = amount < 0;
  const fee = out && dispute.status !== "prevented" ? FEE : 0;
  const what = out ? "withdrawal" : "reversal";
  return {
    id: newId("txn"),
    object: "balance_transaction",
    amount,
    available_on: now,
    balance_type: "payments",
    created: now,
    currency,
    description: `Chargeback ${what} for ${idOf(dispute.charge) ?? ""}`,
    exchange_rate: null,
    fee,
    fee_details:
      fee > 0
        ? [{ amount: fee, application: null, currency, description: "Dispute fee", type: "stripe_fee" }]
        : [],
    net: amount - fee,
    reporting_category: out ? "dispute" : "dispute_reversal",
    source: dispute.id,
    status: "available",
    type: "adjustment",
  };
}

const noEvidence: Stripe.Dispute["evidence"] = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};

/** The dispute, or Stripe's 404. */
export function requireDispute({ store }: { store: Store }, id: string): Stripe.Dispute {
  const dispute = store.disputes.read(id);
  if (dispute === undefined) throw missingObject("dispute", id);
  return dispute;
}
