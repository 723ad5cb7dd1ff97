import { info } from "firebase-functions/logger";
import { gatewayContext, providerCallableOptions, requireAdmin } from "../options.ts";
import { callable } from "../platform/callable.ts";
import { refundPayment as refund, refundPaymentInput } from "../refunds/refundPayment.ts";

export const refundPayment = callable("refundPayment", providerCallableOptions, {
  requireCaller: requireAdmin,
  input: refundPaymentInput,
  run: async ({ userId }, input) => {
    const result = await refund(gatewayContext(), input);
    info("Payment refunded", { by: userId, requestId: input.requestId, ...result });
    return result;
  },
});
