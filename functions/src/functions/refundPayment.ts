import { info } from "firebase-functions/logger";
import { gatewayContext, providerCallableOptions } from "../options.ts";
import { answer } from "../platform/answer.ts";
import { requireAdmin } from "../platform/caller.ts";
import { requireInput } from "../platform/input.ts";
import { onCall } from "../platform/workarounds/onCall.ts";
import { refundPayment as refund, refundPaymentInput } from "../refunds/refundPayment.ts";

export const refundPayment = onCall(
  providerCallableOptions,
  async (request) =>
    await answer("refundPayment", async () => {
      const { userId } = requireAdmin(request);
      const input = requireInput(refundPaymentInput, request.data);
      const result = await refund(gatewayContext(), input);
      info("Payment refunded", { by: userId, requestId: input.requestId, ...result });
      return result;
    }),
);
