import { Stripe } from "stripe";
import type { ProviderFailure, ProviderFailureKind, ProviderResult } from "../paymentAdapter.ts";

/** Makes one Stripe call. Stripe's errors become failures, everything else escapes. */
export async function attempt<T>(call: () => Promise<T>): Promise<ProviderResult<T>> {
  try {
    return { outcome: "ok", value: await call() };
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return { outcome: "failed", failure: toFailure(error) };
    throw error;
  }
}

/**
 * Stripe's error classes in Gateway's words.
 * Source: https://docs.stripe.com/api/errors and https://docs.stripe.com/error-low-level
 */
export function toFailure(error: Stripe.errors.StripeError): ProviderFailure {
  const kind = toKind(error);
  const retryable = kind === "unavailable" || kind === "rate_limited";
  // Stripe's message may quote our input; its type, code and parameter say enough for a log.
  const said = [error.type, error.code, error.param, error.requestId].filter(Boolean).join(" ");
  const remedy = toRemedy(error);
  const detail = remedy === undefined ? said : `${said}: ${remedy}`;
  // A customer that was deleted, or one of another mode or account.
  const isCustomer = kind === "not_found" && error.param === "customer";
  // Source: https://docs.stripe.com/error-codes#email-invalid
  const isEmail = error.code === "email_invalid";
  return {
    kind,
    retryable,
    detail,
    ...(isCustomer && { subject: "customer" as const }),
    ...(isEmail && { subject: "email" as const }),
  };
}

/**
 * What an operator can do about the API key, if that is what is wrong.
 * Source: https://docs.stripe.com/keys and https://docs.stripe.com/error-codes
 */
function toRemedy(error: Stripe.errors.StripeError): string | undefined {
  const { errors } = Stripe;
  if (error instanceof errors.StripePermissionError) {
    const permission = /'(rak_[a-z0-9_]+)'/.exec(error.message)?.[1] ?? "that it lacks";
    return `give the key in STRIPE_SECRET_KEY the permission ${permission}`;
  }
  if (error instanceof errors.StripeAuthenticationError)
    return "STRIPE_SECRET_KEY is wrong, was rolled or has expired: set it to a secret key of this account and deploy";
  const mode = /similar object exists in (live|test) mode/.exec(error.message)?.[1];
  return mode && `it exists in ${mode} mode, and STRIPE_SECRET_KEY is a key of the other one`;
}

function toKind(error: Stripe.errors.StripeError): ProviderFailureKind {
  const { errors } = Stripe;
  if (error instanceof errors.StripeCardError) return "declined";
  if (error instanceof errors.StripeRateLimitError) return "rate_limited";
  if (error instanceof errors.StripeIdempotencyError) return "conflict";
  if (error instanceof errors.StripeAuthenticationError) return "unauthenticated";
  if (error instanceof errors.StripePermissionError) return "unauthenticated";
  if (error instanceof errors.StripeConnectionError) return "unavailable";
  // 409: another request uses the same key or object just now, see https://docs.stripe.com/error-low-level
  if (error.statusCode === 409) return "unavailable";
  if (error.statusCode === 404 || error.code === "resource_missing") return "not_found";
  if (error instanceof errors.StripeInvalidRequestError) return "invalid_request";
  return "unavailable";
}
