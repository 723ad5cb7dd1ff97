import {
  HttpsError,
  type CallableFunction,
  type CallableOptions,
  type CallableRequest,
  type FunctionsErrorCode,
} from "firebase-functions/https";
import { warn } from "firebase-functions/logger";
import type { z } from "zod";
import type { GatewayFunctions } from "../contract/functions.ts";
import type { GatewayErrorCode } from "../contract/codes.ts";
import type { Caller } from "./caller.ts";
import { GatewayError } from "./errors.ts";
import { requireInput } from "./input.ts";
import { onCall } from "./workarounds/onCall.ts";

const callableCodes: Record<GatewayErrorCode, FunctionsErrorCode> = {
  unauthenticated: "unauthenticated",
  invalid_argument: "invalid-argument",
  permission_denied: "permission-denied",
  not_found: "not-found",
  failed_precondition: "failed-precondition",
  resource_exhausted: "resource-exhausted",
  unavailable: "unavailable",
};

type Result<Name extends keyof GatewayFunctions> = GatewayFunctions[Name]["result"];

/**
 * A callable of the contract: asks who calls, reads the input, runs. Turns refusals into the callable's errors. Bugs and
 * outages escape, are logged, and reach the caller as INTERNAL.
 */
export function callable<Name extends keyof GatewayFunctions, Input extends z.ZodType>(
  name: Name,
  options: CallableOptions,
  {
    requireCaller,
    input,
    run,
  }: {
    requireCaller: (request: CallableRequest) => Caller;
    input: Input;
    run: (caller: Caller, input: z.output<Input>) => Promise<Result<Name>>;
  },
): CallableFunction<unknown, Promise<Result<Name>>> {
  return onCall(options, async (request) => {
    try {
      return await run(requireCaller(request), requireInput(input, request.data));
    } catch (error) {
      throw toCallableError(name, error);
    }
  });
}

function toCallableError(name: string, error: unknown): unknown {
  if (!(error instanceof GatewayError)) return error;
  warn("Call refused", { name, code: error.code, reason: error.message, cause: error.cause });
  return new HttpsError(callableCodes[error.code], error.message, toDetails(error));
}

function toDetails({ retryAt, subscriptionIds }: GatewayError): object | undefined {
  if (!retryAt && !subscriptionIds) return undefined;
  return {
    ...(retryAt && { retryAt: retryAt.toISOString() }),
    ...(subscriptionIds && { subscriptionIds }),
  };
}
