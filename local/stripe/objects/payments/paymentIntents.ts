import type { Stripe } from "stripe";
import { newId, randomText } from "../../platform/ids.ts";
import { customerReference } from "../customers/customers.ts";
import { reference, unset, type Expansions } from "../store/expansions.ts";
import type { CheckoutDetails } from "../store/store.ts";

export const paymentIntentExpansions: Expansions = {
  payment_intent: {
    customer: customerReference,
    latest_charge: reference("charges"),
    payment_method: reference("paymentMethods"),
    application: unset,
    on_behalf_of: unset,
    review: unset,
    source: unset,
  },
  "": { payment_intent: reference("paymentIntents") },
};

type IntentData = CheckoutDetails["paymentIntentData"];

/** What is to be paid: at a checkout, or for a subscription's invoice. */
export interface IntentSeed {
  amount: number;
  currency: string;
  customer: string | null;
  paymentMethodTypes: string[];
  data: IntentData;
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
    setup_future_usage: data.setupFutureUsage,
    shipping: data.shipping,
    source: null,
    statement_descriptor: data.statementDescriptor,
    statement_descriptor_suffix: data.statementDescriptorSuffix,
    status: "requires_payment_method",
    transfer_data: null,
    transfer_group: null,
  };
}
