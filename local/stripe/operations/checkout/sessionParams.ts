import { locales } from "../../objects/checkout/locales.ts";
import { HOUR, MINUTE } from "../../platform/clock.ts";
import { currency } from "../../platform/currencies.ts";
import {
  exclusiveParameters,
  invalidRequest,
  missingObject,
  missingParameter,
} from "../../platform/errors.ts";
import { metadata } from "../../platform/metadata.ts";
import {
  boolean,
  email,
  integer,
  list,
  object,
  oneOf,
  string,
  url,
  type Decoded,
} from "../../platform/params.ts";
import { billingModeParam, requireBillingMode } from "../billing/billingMode.ts";
import type { Context } from "../context/context.ts";
import { requireShipping, shippingParam } from "../payments/shipping.ts";
import { lineItemsParam } from "./lineItems.ts";

/** The parameters of a new Checkout session. */
export const sessionFields = {
  mode: oneOf("payment", "setup", "subscription"),
  line_items: lineItemsParam,
  currency,
  customer: string(),
  customer_email: email,
  customer_creation: oneOf("always", "if_required"),
  client_reference_id: string(200),
  success_url: url,
  cancel_url: url,
  metadata,
  payment_intent_data: object({
    metadata,
    description: string(1000),
    receipt_email: email,
    statement_descriptor: string(22),
    statement_descriptor_suffix: string(22),
    capture_method: oneOf("automatic", "automatic_async"),
    setup_future_usage: oneOf("off_session", "on_session"),
    shipping: shippingParam,
  }),
  subscription_data: object({
    metadata,
    description: string(500),
    billing_mode: billingModeParam,
    trial_end: integer(),
    trial_period_days: integer({ min: 1, max: 730 }),
    trial_settings: object({
      end_behavior: object({ missing_payment_method: oneOf("cancel", "create_invoice", "pause") }),
    }),
  }),
  payment_method_collection: oneOf("always", "if_required"),
  expires_at: integer(),
  allow_promotion_codes: boolean,
  discounts: list(object({ coupon: string(), promotion_code: string() }), { max: 1 }),
  allowed_payment_method_types: list(string()),
  excluded_payment_method_types: list(string()),
  billing_address_collection: oneOf("auto"),
  integration_identifier: string(),
  locale: oneOf(...locales),
  origin_context: oneOf("web", "mobile_app"),
  submit_type: oneOf("auto", "book", "donate", "pay"),
  ui_mode: oneOf("hosted_page"),
};

export type SessionParams = Decoded<typeof sessionFields>;

/** Refuses what Stripe would not accept together, and what local Stripe does not support. */
export function requireValid(context: Context, params: SessionParams): void {
  requireMode(params);
  if (params.success_url === undefined) throw missingParameter("success_url");
  requireExclusive(params, "customer", "customer_email");
  requireExclusive(params, "customer", "customer_creation");
  requireExclusive(params, "allow_promotion_codes", "discounts");
  if (params.customer !== undefined && context.store.customers.read(params.customer) === undefined) {
    throw missingObject("customer", params.customer, "customer");
  }
  requireTrial(context.clock.now(), params.subscription_data);
  requireShipping(params.payment_intent_data?.shipping, "payment_intent_data[shipping]");
  requireBillingMode(params.subscription_data?.billing_mode, "subscription_data[billing_mode]");
  if (params.expires_at !== undefined) requireExpiry(context.clock.now(), params.expires_at);
}

function requireMode(params: SessionParams): void {
  const { mode } = params;
  if (mode === undefined) throw missingParameter("mode");
  if (mode === "setup") {
    throw invalidRequest("Local Stripe does not support Checkout Sessions in `setup` mode.", {
      param: "mode",
    });
  }
  const foreign = foreignFields[mode].find((name) => params[name] !== undefined);
  if (foreign !== undefined) {
    throw invalidRequest(`You can not pass \`${foreign}\` in \`${mode}\` mode.`, { param: foreign });
  }
  const unsupported = unsupportedFields[mode].find((name) => params[name] !== undefined);
  if (unsupported !== undefined) {
    throw invalidRequest(`Local Stripe does not support \`${unsupported}\` in \`${mode}\` mode.`, {
      param: unsupported,
    });
  }
}

/** The fields that belong to the other mode. */
const foreignFields: Readonly<Record<"payment" | "subscription", readonly (keyof SessionParams)[]>> = {
  payment: ["subscription_data", "payment_method_collection"],
  subscription: ["payment_intent_data", "customer_creation", "submit_type"],
};

/** The fields that local Stripe does not support in a mode. */
const unsupportedFields: Readonly<Record<"payment" | "subscription", readonly (keyof SessionParams)[]>> = {
  payment: [],
  subscription: ["allow_promotion_codes"],
};

function requireTrial(now: number, data: SessionParams["subscription_data"]): void {
  if (data?.trial_end !== undefined && data.trial_period_days !== undefined) {
    throw exclusiveParameters("subscription_data[trial_end]", "subscription_data[trial_period_days]");
  }
  if (data?.trial_end !== undefined && data.trial_end < now + 48 * HOUR) {
    throw invalidRequest("The `trial_end` date has to be at least 2 days in the future.", {
      param: "subscription_data[trial_end]",
    });
  }
}

function requireExclusive(
  params: SessionParams,
  first: keyof SessionParams,
  second: keyof SessionParams,
): void {
  if (params[first] !== undefined && params[second] !== undefined) throw exclusiveParameters(first, second);
}

function requireExpiry(now: number, expiresAt: number): void {
  const param = "expires_at";
  if (expiresAt < now + 30 * MINUTE) {
    throw invalidRequest(
      "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
      { param },
    );
  }
  if (expiresAt > now + 24 * HOUR) {
    throw invalidRequest(
      "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
      {
        param,
      },
    );
  }
}

/** When a session expires: at the requested time, or a day after its creation. */
export function expiryOf(now: number, params: SessionParams): number {
  return params.expires_at ?? now + 24 * HOUR;
}
