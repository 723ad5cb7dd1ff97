import type { Stripe } from "stripe";

/** The fields of a Stripe error body, see https://docs.stripe.com/api/errors. */
export interface ErrorBody {
  type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  charge?: string;
  payment_intent?: Stripe.PaymentIntent;
  payment_method?: Stripe.PaymentMethod;
}

/** A refusal in Stripe's own form: an HTTP status and the `error` object of the answer's body. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    super(body.message);
    this.name = "ApiError";
    this.status = status;
    this.body = body;
  }
}

/** A 400 `invalid_request_error`. */
export function invalidRequest(message: string, details: { param?: string; code?: string } = {}): ApiError {
  return new ApiError(400, { type: "invalid_request_error", message, ...details });
}

/** The refusal of parameters a route does not take. */
export function unknownParameters(paths: readonly [string, ...string[]]): ApiError {
  const noun = paths.length === 1 ? "parameter" : "parameters";
  return invalidRequest(`Received unknown ${noun}: ${paths.join(", ")}`, {
    code: "parameter_unknown",
    param: paths[0],
  });
}

/** The refusal of a request that lacks a parameter. */
export function missingParameter(param: string): ApiError {
  return invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
}

/** The refusal of parameters that exclude each other. */
export function exclusiveParameters(first: string, second: string): ApiError {
  return invalidRequest(`You may only specify one of these parameters: ${first}, ${second}.`, {
    code: "parameters_exclusive",
    param: first,
  });
}

/** 404 for an object named by the path, 400 for one named by a parameter. */
export function missingObject(noun: string, id: string, param = "id"): ApiError {
  return new ApiError(param === "id" ? 404 : 400, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${noun}: '${id}'`,
    param,
  });
}

/** 404 for a route that Stripe, or this server, does not have. */
export function unknownRoute(method: string, path: string): ApiError {
  return new ApiError(404, {
    type: "invalid_request_error",
    message: `Unrecognized request URL (${method}: ${path}). Please see https://docs.stripe.com or we can help at https://support.stripe.com/.`,
  });
}

/** A 401 answer. */
export function unauthenticated(message: string): ApiError {
  return new ApiError(401, { type: "invalid_request_error", message });
}
