import type { Stripe } from "stripe";
import { newId } from "../../platform/ids.ts";
import { customerReference } from "../customers/customers.ts";
import type { Expansions } from "../store/expansions.ts";

export const paymentMethodExpansions: Expansions = { payment_method: { customer: customerReference } };

/** Who pays, as the checkout page collected it, or as a payment method says. */
export interface Payer {
  email: string | null;
  name: string | null;
  phone?: string | null;
  address?: Stripe.Address | null;
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

export function billingDetails({ email, name, phone, address }: Payer): Stripe.Charge.BillingDetails {
  return { address: address ?? noAddress, email, name, phone: phone ?? null, tax_id: null };
}

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
