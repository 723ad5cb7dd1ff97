import { Stripe } from "stripe";
import { describe, expect, it } from "vitest";
import type { ProviderFailureKind } from "../paymentAdapter.ts";
import { attempt, toFailure } from "./failure.ts";

const { errors } = Stripe;
type Answer = Parameters<typeof errors.StripeError.generate>[0];

/** Stripe's answers, as its own SDK turns them into errors. */
const answers: [string, Answer, ProviderFailureKind, boolean][] = [
  ["a bad parameter", { statusCode: 400, type: "invalid_request_error" }, "invalid_request", false],
  [
    "an id nobody has",
    { statusCode: 400, type: "invalid_request_error", code: "resource_missing" },
    "not_found",
    false,
  ],
  ["an unknown path", { statusCode: 404, type: "invalid_request_error" }, "not_found", false],
  ["a wrong key", { statusCode: 401, type: "invalid_request_error" }, "unauthenticated", false],
  ["a declined card", { statusCode: 402, type: "card_error", code: "card_declined" }, "declined", false],
  ["a key without permission", { statusCode: 403, type: "invalid_request_error" }, "unauthenticated", false],
  ["a key that was used with other input", { statusCode: 400, type: "idempotency_error" }, "conflict", false],
  [
    "a key that is in use just now",
    { statusCode: 409, type: "idempotency_error", code: "idempotency_key_in_use" },
    "unavailable",
    true,
  ],
  [
    "an object that is in use just now",
    { statusCode: 409, type: "invalid_request_error" },
    "unavailable",
    true,
  ],
  ["too many requests", { statusCode: 429, type: "invalid_request_error" }, "rate_limited", true],
  ["a lock that did not come free", { statusCode: 429, code: "lock_timeout" }, "rate_limited", true],
  ["an outage", { statusCode: 500, type: "api_error" }, "unavailable", true],
  ["an unavailable service", { statusCode: 503, type: "api_error" }, "unavailable", true],
  ["an answer nobody knows", { statusCode: 418, type: "api_error" }, "unavailable", true],
];

/** Error classes without a status code. */
const classes: [string, Stripe.errors.StripeError, ProviderFailureKind, boolean][] = [
  ["StripeConnectionError", new errors.StripeConnectionError(), "unavailable", true],
  ["StripeAPIError", new errors.StripeAPIError(), "unavailable", true],
  ["StripeError", new errors.StripeError(), "unavailable", true],
  ["StripeCardError", new errors.StripeCardError(), "declined", false],
  ["StripeRateLimitError", new errors.StripeRateLimitError(), "rate_limited", true],
  ["StripeIdempotencyError", new errors.StripeIdempotencyError(), "conflict", false],
  ["StripeAuthenticationError", new errors.StripeAuthenticationError(), "unauthenticated", false],
  ["StripePermissionError", new errors.StripePermissionError(), "unauthenticated", false],
  ["StripeInvalidRequestError", new errors.StripeInvalidRequestError(), "invalid_request", false],
];

describe("toFailure", () => {
  it.each(answers)("of %s", (_name, answer, kind, retryable) => {
    expect(toFailure(errors.StripeError.generate(answer))).toMatchObject({ kind, retryable });
  });

  it.each(classes)("of a %s", (_name, error, kind, retryable) => {
    expect(toFailure(error)).toMatchObject({ kind, retryable });
  });

  it("says type, code, parameter and request, and nothing of Stripe's words", () => {
    const error = errors.StripeError.generate({
      statusCode: 400,
      type: "invalid_request_error",
      code: "email_invalid",
      param: "email",
      message: "Invalid email address: ada@example.com",
      requestId: "req_1",
    });
    expect(toFailure(error).detail).toBe("StripeInvalidRequestError email_invalid email req_1");
  });

  it.each<[string, Answer, string]>([
    [
      "a restricted key, with the permission that it lacks",
      {
        statusCode: 403,
        type: "invalid_request_error",
        message:
          "The provided key 'rk_test_****1234' does not have … Having the 'rak_customer_write' permission would …",
      },
      "StripePermissionError: give the key in STRIPE_SECRET_KEY the permission rak_customer_write",
    ],
    [
      "a rolled key",
      {
        statusCode: 401,
        type: "invalid_request_error",
        code: "api_key_expired",
        message: "Expired API Key: sk_test_****1234",
      },
      "StripeAuthenticationError api_key_expired: STRIPE_SECRET_KEY is wrong, was rolled or has expired: set it to a secret key of this account and deploy",
    ],
    [
      "a key of the other mode",
      {
        statusCode: 404,
        type: "invalid_request_error",
        code: "resource_missing",
        message:
          "No such price: 'price_1'; a similar object exists in live mode, but a test mode key was used to make this request.",
      },
      "StripeInvalidRequestError resource_missing: it exists in live mode, and STRIPE_SECRET_KEY is a key of the other one",
    ],
  ])("says what is wrong with %s, and nothing of the key", (_name, answer, detail) => {
    expect(toFailure(errors.StripeError.generate(answer)).detail).toBe(detail);
  });

  it("leaves out what Stripe left out", () => {
    expect(toFailure(new errors.StripeConnectionError()).detail).toBe("StripeConnectionError");
  });
});

describe("attempt", () => {
  it("gives the call's value", async () => {
    expect(await attempt(async () => await Promise.resolve(7))).toEqual({ outcome: "ok", value: 7 });
  });

  it("turns an error of Stripe's into a failure", async () => {
    const error = errors.StripeError.generate({ statusCode: 404, type: "invalid_request_error" });
    expect(await attempt(() => Promise.reject(error))).toMatchObject({
      outcome: "failed",
      failure: { kind: "not_found" },
    });
  });

  it("lets a bug escape", async () => {
    const bug = new TypeError("Cannot read properties of undefined");
    await expect(attempt(() => Promise.reject(bug))).rejects.toBe(bug);
    await expect(
      attempt(() => {
        throw bug;
      }),
    ).rejects.toBe(bug);
  });
});
