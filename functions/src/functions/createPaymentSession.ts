import { info } from "firebase-functions/logger";
import {
  createPaymentSession as create,
  createPaymentSessionInput,
} from "../checkout/createPaymentSession.ts";
import { gatewayContext, providerCallableOptions } from "../options.ts";
import { answer } from "../platform/answer.ts";
import { requireCaller } from "../platform/caller.ts";
import { requireInput } from "../platform/input.ts";
import { onCall } from "../platform/workarounds/onCall.ts";

export const createPaymentSession = onCall(
  providerCallableOptions,
  async (request) =>
    await answer("createPaymentSession", async () => {
      const caller = requireCaller(request);
      const input = requireInput(createPaymentSessionInput, request.data);
      const result = await create(gatewayContext(), caller, input);
      info("Payment session created", { userId: caller.userId, sessionId: result.sessionId });
      return result;
    }),
);
