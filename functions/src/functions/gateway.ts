import { HttpsError, type CallableRequest, type FunctionsErrorCode } from "firebase-functions/https";
import { info, warn } from "firebase-functions/logger";
import { onCall } from "../platform/workarounds/callable.ts";
import { enforceAppCheck, gatewayContext, REGION, stripeSecretKey, stripeWebhookSecret } from "../options.ts";
import type { Caller } from "../buyers/customers.ts";
import { GatewayError, type GatewayErrorCode } from "../platform/errors.ts";
import { requireInput } from "../platform/input.ts";
import * as plans from "../plans/plans.ts";
import { redriveEvent as redrive } from "../reconciliation/reconcile.ts";
import * as refund from "../refunds/refundPayment.ts";
import * as service from "../checkout/checkout.ts";
import { reconcileAndLog } from "../triggers/gateway.ts";
import {
  createPaymentSessionInput,
  createPortalSessionInput,
  planChangeInput,
  redriveEventInput,
  refundPaymentInput,
  runReconciliationInput,
  verifyPaymentInput,
  type CreatePaymentSessionResult,
  type CreatePortalSessionResult,
  type PlanResult,
  type ReconciliationReport,
  type RedriveEventResult,
  type RefundPaymentResult,
  type VerifyPaymentResult,
} from "../contract/types.ts";
import { userIdSchema } from "../platform/userId.ts";

const callableCodes: Record<GatewayErrorCode, FunctionsErrorCode> = {
  unauthenticated: "unauthenticated",
  invalid_argument: "invalid-argument",
  permission_denied: "permission-denied",
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
      const input = requireInput(createPaymentSessionInput, request.data);
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
      const input = requireInput(verifyPaymentInput, request.data);
      const result = await service.verifyPayment(gatewayContext(), caller, input);
      const { sessionId, paymentId, status, credits } = result;
      info("Payment verified", { userId: caller.userId, sessionId, paymentId, status, credits });
      return result;
    }),
);

export const createPortalSession = onCall(
  options,
  async (request): Promise<CreatePortalSessionResult> =>
    await answer("createPortalSession", async () => {
      const caller = requireCaller(request);
      const input = requireInput(createPortalSessionInput, request.data);
      const result = await plans.createPortalSession(gatewayContext(), caller, input);
      info("Portal session created", { userId: caller.userId });
      return result;
    }),
);

export const cancelSubscription = onCall(
  options,
  async (request) => await changePlan(request, { name: "cancelSubscription", cancelAtPeriodEnd: true }),
);

export const resumeSubscription = onCall(
  options,
  async (request) => await changePlan(request, { name: "resumeSubscription", cancelAtPeriodEnd: false }),
);

async function changePlan(
  request: CallableRequest,
  change: { name: string; cancelAtPeriodEnd: boolean },
): Promise<PlanResult> {
  return await answer(change.name, async () => {
    const caller = requireCaller(request);
    requireInput(planChangeInput, request.data);
    const result = await plans.setCancelAtPeriodEnd(gatewayContext(), caller, change.cancelAtPeriodEnd);
    info("Subscription changed", { userId: caller.userId, ...result });
    return result;
  });
}

export const refundPayment = onCall(
  options,
  async (request): Promise<RefundPaymentResult> =>
    await answer("refundPayment", async () => {
      const { userId } = requireAdmin(request);
      const input = requireInput(refundPaymentInput, request.data);
      const result = await refund.refundPayment(gatewayContext(), input);
      info("Payment refunded", { by: userId, requestId: input.requestId, ...result });
      return result;
    }),
);

export const runReconciliation = onCall(
  { ...options, timeoutSeconds: 540 },
  async (request): Promise<ReconciliationReport> =>
    await answer("runReconciliation", async () => {
      requireAdmin(request);
      requireInput(runReconciliationInput, request.data);
      return await reconcileAndLog();
    }),
);

export const redriveEvent = onCall(
  options,
  async (request): Promise<RedriveEventResult> =>
    await answer("redriveEvent", async () => {
      const { userId } = requireAdmin(request);
      const input = requireInput(redriveEventInput, request.data);
      const { eventId, type, outcome, paymentId = null } = await redrive(gatewayContext(), input);
      info("Event redriven", { by: userId, eventId, type, outcome, paymentId });
      return { eventId, type, outcome, paymentId };
    }),
);

/** Refusals become the callable's own error; a bug or an outage escapes and is logged as INTERNAL. */
async function answer<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    warn("Call refused", { name, code: error.code, reason: error.message, cause: error.cause });
    const details = error.retryAt && { retryAt: error.retryAt.toISOString() };
    throw new HttpsError(callableCodes[error.code], error.message, details);
  }
}

function requireCaller({ auth }: CallableRequest): Caller {
  if (!auth) throw new GatewayError("unauthenticated", "Expected a signed-in user");
  // An id with slashes would name a document of somebody else.
  if (!userIdSchema.safeParse(auth.uid).success)
    throw new GatewayError("failed_precondition", "Expected a user whose id can name a document");
  return { userId: auth.uid, email: auth.token.email };
}

/** An admin has the custom claim `admin: true`, which only the app's own server can give. */
function requireAdmin(request: CallableRequest): Caller {
  const caller = requireCaller(request);
  if (request.auth?.token["admin"] === true) return caller;
  throw new GatewayError("permission_denied", "Expected an admin");
}
