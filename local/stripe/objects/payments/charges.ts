import type { Stripe } from "stripe";
import { invalidRequest, missingObject } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { customerReference } from "../customers/customers.ts";
import { reference, unset, type Expansions, type Resolver } from "../store/expansions.ts";
import { idOf, type Store } from "../store/store.ts";
import { billingDetails, type Payer } from "./paymentMethods.ts";

/** What a charge added to the account's balance. Fees are not modeled, and the balance has the charge's currency. */
const chargeMoney: Resolver = (store, { id }, value) => {
  const charge = typeof id === "string" ? store.charges.read(id) : undefined;
  return charge && typeof value === "string" ? newChargeMoney(charge, value) : value;
};

function newChargeMoney(charge: Stripe.Charge, id: string): Stripe.BalanceTransaction {
  const { amount, currency, created } = charge;
  return {
    id,
    object: "balance_transaction",
    amount,
    available_on: created,
    balance_type: "payments",
    created,
    currency,
    description: charge.description,
    exchange_rate: null,
    fee: 0,
    fee_details: [],
    net: amount,
    reporting_category: "charge",
    source: charge.id,
    status: "available",
    type: charge.payment_method_details?.type === "card" ? "charge" : "payment",
  };
}

export const chargeExpansions: Expansions = {
  charge: {
    customer: customerReference,
    payment_intent: reference("paymentIntents"),
    application: unset,
    application_fee: unset,
    balance_transaction: chargeMoney,
    failure_balance_transaction: unset,
    on_behalf_of: unset,
    review: unset,
    source_transfer: unset,
  },
  "": { charge: reference("charges") },
};

/** A charge of the intent's whole amount that has neither succeeded nor failed yet. */
export function newCharge(
  intent: Stripe.PaymentIntent,
  payer: Payer,
  payment: {
    paymentMethodId: string;
    details: Stripe.Charge.PaymentMethodDetails;
    now: number;
  },
): Stripe.Charge {
  return {
    id: newId(payment.details.type === "card" ? "ch" : "py"),
    object: "charge",
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: billingDetails(payer),
    calculated_statement_descriptor: "LOCAL STRIPE",
    captured: false,
    created: payment.now,
    currency: intent.currency,
    customer: idOf(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: null,
    paid: false,
    payment_intent: intent.id,
    payment_method: payment.paymentMethodId,
    payment_method_details: payment.details,
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: "pending",
    transfer_data: null,
    transfer_group: null,
  };
}

/** What a charge becomes when its money is there. */
export function succeededCharge(charge: Stripe.Charge): Stripe.Charge {
  return {
    ...charge,
    amount_captured: charge.amount,
    balance_transaction: newId("txn"),
    captured: true,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: "approved_by_network",
      reason: null,
      risk_level: "normal",
      risk_score: 12,
      seller_message: "Payment complete.",
      type: "authorized",
    },
    paid: true,
    status: "succeeded",
  };
}

/** What a charge becomes when the bank refuses it. */
export function failedCharge(
  charge: Stripe.Charge,
  failure: { code: string; declineCode?: string; message: string },
): Stripe.Charge {
  return {
    ...charge,
    captured: false,
    failure_code: failure.code,
    failure_message: failure.message,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: "declined_by_network",
      reason: failure.declineCode ?? failure.code,
      risk_level: "normal",
      risk_score: 12,
      seller_message: "The bank did not return any further details with this decline.",
      type: "issuer_declined",
    },
    paid: false,
    status: "failed",
  };
}

/** The charge that paid an intent, or the refusal naming the parameter that asked for it. */
export function requireSucceededCharge(
  { store }: { store: Store },
  paymentIntentId: string,
  param?: string,
): Stripe.Charge {
  const intent = store.paymentIntents.read(paymentIntentId);
  if (intent === undefined) throw missingObject("payment_intent", paymentIntentId, param);
  const charge = store.charges.read(idOf(intent.latest_charge) ?? "");
  if (intent.status === "succeeded" && charge?.status === "succeeded") return charge;
  throw invalidRequest(
    `This PaymentIntent (${paymentIntentId}) does not have a successful charge to refund.`,
    param === undefined ? {} : { param },
  );
}
