import { HttpsError, onCall, type CallableRequest, type FunctionsErrorCode } from "firebase-functions/https";
import { info, warn } from "firebase-functions/logger";
import { z } from "zod";
import { enforceAppCheck, gatewayContext, REGION, stripeSecretKey, stripeWebhookSecret } from "../config.ts";
import { GatewayError, type GatewayErrorCode } from "./errors.ts";
import * as service from "./service.ts";
import {
  createPaymentSessionInput,
  verifyPaymentInput,
  type CreatePaymentSessionResult,
  type VerifyPaymentResult,
} from "./types.ts";

const callableCodes: Record<GatewayErrorCode, FunctionsErrorCode> = {
  unauthenticated: "unauthenticated",
  invalid_argument: "invalid-argument",
  not_found: "not-found",
  failed_precondition: "failed-precondition",
  resource_exhausted: "resource-exhausted",
  unavailable: "unavailable",
};

const options = { region: REGION, secrets: [stripeSecretKey, stripeWebhookSecret], enforceAppCheck };

export const createPaymentSession = onCall(
  options,
  async (request): Promise<CreatePaymentSessionResult> =>
    await answer("createPaymentSession", async () => {
      const caller = requireCaller(request);
      const input = parseInput(createPaymentSessionInput, request.data);
      const result = await service.createPaymentSession(gatewayContext(), caller, input);
      info("Payment session created", { userId: caller.userId, sessionId: result.sessionId });
      return result;
    }),
);

export const verifyPayment = onCall(
  options,
  async (request): Promise<VerifyPaymentResult> =>
    await answer("verifyPayment", async () => {
      const caller = requireCaller(request);
      const input = parseInput(verifyPaymentInput, request.data);
      const result = await service.verifyPayment(gatewayContext(), caller, input);
      const { sessionId, paymentId, status, credits } = result;
      info("Payment verified", { userId: caller.userId, sessionId, paymentId, status, credits });
      return result;
    }),
);

/** Refusals become the callable's own error; a bug or an outage escapes and is logged as INTERNAL. */
async function answer<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    warn("Call refused", { name, code: error.code, message: error.message, cause: error.cause });
    throw new HttpsError(callableCodes[error.code], error.message);
  }
}

function requireCaller({ auth }: CallableRequest): service.Caller {
  if (!auth) throw new GatewayError("unauthenticated", "Expected a signed-in user");
  return { userId: auth.uid, email: auth.token.email };
}

function parseInput<T extends z.ZodType>(schema: T, data: unknown): z.output<T> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join(".") || "data"}: ${issue.message}`);
  throw new GatewayError("invalid_argument", reasons.join("; "));
}
