import { customerDetails, newSession, noInvoice, type Session } from "../../objects/checkout/sessions.ts";
import { mergeMetadata } from "../../platform/metadata.ts";
import type { Context } from "../context/context.ts";
import { expiryOf, type SessionParams } from "./sessionParams.ts";

/** The session that the parameters ask for. */
export function toSession(
  context: Context,
  params: SessionParams,
  computed: {
    id: string;
    currency: string;
    totals: Pick<Session, "amount_subtotal" | "amount_total" | "total_details">;
    discounts: Session["discounts"];
    paymentMethodTypes: string[];
  },
): Session {
  const now = context.clock.now();
  return newSession({
    id: computed.id,
    baseUrl: context.baseUrl,
    ...computed.totals,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types
      ? [...params.allowed_payment_method_types]
      : null,
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    created: now,
    currency: computed.currency,
    customer: params.customer ?? null,
    customer_creation: params.customer === undefined ? creationOf(params) : null,
    customer_details: knownCustomer(context, params),
    customer_email: params.customer_email ?? null,
    discounts: computed.discounts,
    ...(params.excluded_payment_method_types && {
      excluded_payment_method_types: [...params.excluded_payment_method_types],
    }),
    expires_at: expiryOf(now, params),
    integration_identifier: params.integration_identifier ?? null,
    ...modeFields(params),
    locale: params.locale ?? null,
    metadata: mergeMetadata({}, params.metadata),
    origin_context: params.origin_context ?? null,
    payment_method_types: computed.paymentMethodTypes,
    submit_type: params.submit_type ?? null,
    success_url: params.success_url ?? null,
  });
}

function creationOf({ mode, customer_creation: asked }: SessionParams): "always" | "if_required" {
  // A subscription always belongs to a customer.
  return mode === "subscription" ? "always" : (asked ?? "if_required");
}

function modeFields(
  params: SessionParams,
): Pick<Session, "invoice_creation" | "mode" | "payment_method_collection"> {
  if (params.mode !== "subscription") {
    return { invoice_creation: noInvoice, mode: "payment", payment_method_collection: "if_required" };
  }
  return {
    invoice_creation: null,
    mode: "subscription",
    payment_method_collection: params.payment_method_collection ?? "always",
  };
}

function knownCustomer({ store }: Context, params: SessionParams): Session["customer_details"] {
  const customer = store.customers.read(params.customer ?? "");
  const email = customer?.email ?? params.customer_email;
  return email === undefined ? null : customerDetails({ email, name: null });
}
