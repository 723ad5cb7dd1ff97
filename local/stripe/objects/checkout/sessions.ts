import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { customerReference } from "../customers/customers.ts";
import { reference, unset, type Expansions } from "../store/expansions.ts";
import type { Store } from "../store/store.ts";
import { lineItemsOf } from "./lineItems.ts";

export const sessionExpansions: Expansions = {
  "checkout.session": {
    customer: customerReference,
    payment_intent: reference("paymentIntents"),
    line_items: (store, { id }) => lineItemsOf(store, String(id), {}),
    invoice: reference("invoices"),
    payment_link: unset,
    setup_intent: unset,
    subscription: reference("subscriptions"),
  },
};

export type Session = Stripe.Checkout.Session;

/** What a new session is made of. */
export type SessionSeed = Omit<Session, keyof typeof fixedFields | "object" | "url"> & {
  /** The server's own address. */
  baseUrl: string;
};

/** A new, open session as Stripe shows it. */
export function newSession({ id, baseUrl, ...fields }: SessionSeed): Session {
  return {
    id,
    object: "checkout.session",
    ...fixedFields,
    ...fields,
    url: `${baseUrl}${CHECKOUT_PATH}${id}`,
  };
}

/** Where the checkout page is; the rest of the path is the session's id. */
export const CHECKOUT_PATH = "/c/pay/";

/** What Checkout knows about the buyer. */
export function customerDetails({
  email,
  name,
}: {
  email: string | null;
  name: string | null;
}): Session["customer_details"] {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: null,
    tax_exempt: "none",
    tax_ids: null,
  };
}

export const noInvoice: Session["invoice_creation"] = {
  enabled: false,
  invoice_data: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: null,
    metadata: {},
    rendering_options: null,
  },
};

/** What is the same for every session this server makes. */
const fixedFields = {
  adaptive_pricing: { enabled: false },
  after_expiration: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer_account: null,
  invoice: null,
  livemode: false,
  managed_payments: { enabled: false },
  payment_intent: null,
  payment_link: null,
  payment_method_configuration_details: null,
  payment_method_options: null,
  payment_status: "unpaid",
  permissions: null,
  phone_number_collection: { enabled: false },
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  status: "open",
  subscription: null,
  ui_mode: "hosted_page",
  wallet_options: null,
} satisfies Partial<Session>;

/** The session, or Stripe's 404. */
export function requireSession({ store }: { store: Store }, id: string): Stripe.Checkout.Session {
  const session = store.sessions.read(id);
  if (session === undefined) throw missingObject("checkout.session", id);
  return session;
}

/** Whether the buyer is asked for a payment method: if something is due, or if a subscription will need it later. */
export function collectsMethod(session: Stripe.Checkout.Session): boolean {
  if ((session.amount_total ?? 0) > 0) return true;
  return session.mode === "subscription" && session.payment_method_collection === "always";
}
