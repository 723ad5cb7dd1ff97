import type { Stripe } from "stripe";
import { toMetadata } from "../../functions/src/adapters/metadata.ts";
import { at, buildOrder, issuer } from "./builders.ts";

/* Stripe's objects as it sends them, complete; a test overrides what matters to it. */

const createdSeconds = toSeconds(at(0));

export function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** An open checkout of one small pack for 10 euros. */
export function buildStripeSession(
  overrides: Partial<Stripe.Checkout.Session> = {},
): Stripe.Checkout.Session {
  return {
    ...openSession,
    metadata: toMetadata({ order: buildOrder(), subtotal: 1_000 }, issuer),
    ...overrides,
  };
}

export function buildPaymentIntent(overrides: Partial<Stripe.PaymentIntent> = {}): Stripe.PaymentIntent {
  return { ...succeededIntent, ...overrides };
}

export function buildCharge(overrides: Partial<Stripe.Charge> = {}): Stripe.Charge {
  return { ...succeededCharge, ...overrides };
}

const openSession: Stripe.Checkout.Session = {
  id: "cs_test_1",
  object: "checkout.session",
  adaptive_pricing: { enabled: false },
  after_expiration: null,
  allow_promotion_codes: true,
  allowed_payment_method_types: null,
  amount_subtotal: 1_000,
  amount_total: 1_000,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  cancel_url: "https://app.example/payment-canceled",
  client_reference_id: "user_1",
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  created: createdSeconds,
  currency: "eur",
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer: "cus_1",
  customer_account: null,
  customer_creation: null,
  customer_details: null,
  customer_email: null,
  discounts: null,
  expires_at: createdSeconds + 86_400,
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  locale: null,
  managed_payments: null,
  metadata: {},
  mode: "payment",
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_collection: "if_required",
  payment_method_configuration_details: null,
  payment_method_options: null,
  payment_method_types: ["card"],
  payment_status: "unpaid",
  permissions: null,
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  status: "open",
  submit_type: null,
  subscription: null,
  success_url: "https://app.example/payment-success?session_id={CHECKOUT_SESSION_ID}",
  total_details: null,
  ui_mode: "hosted_page",
  url: "https://checkout.stripe.com/c/pay/cs_test_1",
  wallet_options: null,
};

const succeededIntent: Stripe.PaymentIntent = {
  id: "pi_1",
  object: "payment_intent",
  allowed_payment_method_types: null,
  amount: 1_000,
  amount_capturable: 0,
  amount_received: 1_000,
  application: null,
  application_fee_amount: null,
  automatic_payment_methods: null,
  canceled_at: null,
  cancellation_reason: null,
  capture_method: "automatic",
  client_secret: null,
  confirmation_method: "automatic",
  created: createdSeconds + 30,
  currency: "eur",
  customer: "cus_1",
  customer_account: null,
  description: null,
  excluded_payment_method_types: null,
  last_payment_error: null,
  latest_charge: "ch_1",
  livemode: false,
  managed_payments: null,
  metadata: {},
  next_action: null,
  on_behalf_of: null,
  payment_method: "pm_1",
  payment_method_configuration_details: null,
  payment_method_options: null,
  payment_method_types: ["card"],
  payment_record: null,
  processing: null,
  receipt_email: null,
  review: null,
  setup_future_usage: null,
  shipping: null,
  source: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  status: "succeeded",
  transfer_group: null,
};

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

const succeededCharge: Stripe.Charge = {
  id: "ch_1",
  object: "charge",
  amount: 1_000,
  amount_captured: 1_000,
  amount_refunded: 0,
  application: null,
  application_fee: null,
  application_fee_amount: null,
  balance_transaction: null,
  billing_details: { address: noAddress, email: null, name: null, phone: null, tax_id: null },
  calculated_statement_descriptor: null,
  captured: true,
  created: createdSeconds + 40,
  currency: "eur",
  customer: "cus_1",
  description: null,
  disputed: false,
  failure_balance_transaction: null,
  failure_code: null,
  failure_message: null,
  fraud_details: null,
  livemode: false,
  metadata: {},
  on_behalf_of: null,
  outcome: null,
  paid: true,
  payment_intent: "pi_1",
  payment_method: "pm_1",
  payment_method_details: null,
  receipt_email: null,
  receipt_number: null,
  receipt_url: null,
  refunded: false,
  review: null,
  shipping: null,
  source: null,
  source_transfer: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  status: "succeeded",
  transfer_data: null,
  transfer_group: null,
};
