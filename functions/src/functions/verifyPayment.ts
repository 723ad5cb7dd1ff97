import { info } from "firebase-functions/logger";
import { verifyPayment as verify, verifyPaymentInput } from "../checkout/verifyPayment.ts";
import { gatewayContext, providerCallableOptions } from "../options.ts";
import { answer } from "../platform/answer.ts";
import { requireCaller } from "../platform/caller.ts";
import { requireInput } from "../platform/input.ts";
import { onCall } from "../platform/workarounds/onCall.ts";

export const verifyPayment = onCall(
  providerCallableOptions,
  async (request) =>
    await answer("verifyPayment", async () => {
      const caller = requireCaller(request);
      const input = requireInput(verifyPaymentInput, request.data);
      const result = await verify(gatewayContext(), caller, input);
      const { sessionId, paymentId, status, credits } = result;
      info("Payment verified", { userId: caller.userId, sessionId, paymentId, status, credits });
      return result;
    }),
);
