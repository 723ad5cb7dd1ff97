import { HttpsError, type FunctionsErrorCode } from "firebase-functions/https";
import { warn } from "firebase-functions/logger";
import type { GatewayErrorCode } from "../contract/codes.ts";
import { GatewayError } from "./errors.ts";

const callableCodes: Record<GatewayErrorCode, FunctionsErrorCode> = {
  unauthenticated: "unauthenticated",
  invalid_argument: "invalid-argument",
  permission_denied: "permission-denied",
  not_found: "not-found",
  failed_precondition: "failed-precondition",
  resource_exhausted: "resource-exhausted",
  unavailable: "unavailable",
};

/** Turns refusals into the callable's errors. Bugs and outages escape, are logged, and reach the caller as INTERNAL. */
export async function answer<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    warn("Call refused", { name, code: error.code, reason: error.message, cause: error.cause });
    const details = error.retryAt && { retryAt: error.retryAt.toISOString() };
    throw new HttpsError(callableCodes[error.code], error.message, details);
  }
}
