import type { Stripe } from "stripe";
import { newId, randomText } from "../api/ids.ts";
import { idOf } from "../store/store.ts";
import type { CheckoutDetails } from "../store/store.ts";

type IntentData = CheckoutDetails["paymentIntentData"];

/** Who pays, as the checkout page collected it. */
export interface Payer {
  readonly email: string | null;
  readonly name: string | null;
}

/** What is to be paid: at a checkout, or for a subscription's invoice. */
export interface IntentSeed {
  readonly amount: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly paymentMethodTypes: string[];
  readonly data: IntentData;
  /** Set when the payment method will be charged again without the buyer. */
  readonly setupFutureUsage?: "off_session";
}

/** A payment intent nobody has tried to pay yet. */
export function newPaymentIntent(seed: IntentSeed, now: number): Stripe.PaymentIntent {
  const { data } = seed;
  const id = newId("pi");
  return {
    id,
    object: "payment_intent",
    allowed_payment_method_types: null,
    amount: seed.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: data.captureMethod,
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: "automatic",
    created: now,
    currency: seed.currency,
    customer: seed.customer,
    customer_account: null,
    description: data.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: data.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: seed.paymentMethodTypes,
    payment_record: null,
    processing: null,
    receipt_email: data.receiptEmail,
    review: null,
    setup_future_usage: seed.setupFutureUsage ?? null,
    shipping: null,
    source: null,
    statement_descriptor: data.statementDescriptor,
    statement_descriptor_suffix: data.statementDescriptorSuffix,
    status: "requires_payment_method",
    transfer_data: null,
    transfer_group: null,
  };
}

/** A payment method without its own part (`card`, `sepa_debit`, …), which the caller adds. */
export function newPaymentMethod(type: string, payer: Payer, now: number): Stripe.PaymentMethod {
  return {
    id: newId("pm"),
    object: "payment_method",
    allow_redisplay: "unspecified",
    billing_details: billingDetails(payer),
    created: now,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type,
  };
}

/** A charge of the intent's whole amount that has neither succeeded nor failed yet. */
export function newCharge(
  intent: Stripe.PaymentIntent,
  payer: Payer,
  payment: {
    readonly paymentMethodId: string;
    readonly details: Stripe.Charge.PaymentMethodDetails;
    readonly now: number;
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
    shipping: null,
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
  failure: { readonly code: string; readonly declineCode?: string; readonly message: string },
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

function billingDetails({ email, name }: Payer): Stripe.Charge.BillingDetails {
  const address = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
  return { address, email, name, phone: null, tax_id: null };
}
