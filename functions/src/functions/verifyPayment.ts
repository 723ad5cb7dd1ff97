import { info } from "firebase-functions/logger";
import { verifyPayment as verify, verifyPaymentInput } from "../checkout/verifyPayment.ts";
import { boundedPerUser } from "../buyers/limits.ts";
import { gatewayContext, providerCallableOptions } from "../options.ts";
import { callable } from "../platform/callable.ts";
import { requireCaller } from "../platform/caller.ts";

export const verifyPayment = callable("verifyPayment", providerCallableOptions, {
  requireCaller,
  input: verifyPaymentInput,
  run: boundedPerUser(async (caller, input) => {
    const result = await verify(gatewayContext(), caller, input);
    const { sessionId, paymentId, status, credits } = result;
    info("Payment verified", { userId: caller.userId, sessionId, paymentId, status, credits });
    return result;
  }),
});
