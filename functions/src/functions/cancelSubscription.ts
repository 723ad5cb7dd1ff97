import { info } from "firebase-functions/logger";
import { gatewayContext, providerCallableOptions } from "../options.ts";
import { cancelSubscription as cancel, planChangeInput } from "../plans/cancel.ts";
import { answer } from "../platform/answer.ts";
import { requireCaller } from "../platform/caller.ts";
import { requireInput } from "../platform/input.ts";
import { onCall } from "../platform/workarounds/onCall.ts";

export const cancelSubscription = onCall(
  providerCallableOptions,
  async (request) =>
    await answer("cancelSubscription", async () => {
      const caller = requireCaller(request);
      requireInput(planChangeInput, request.data);
      const result = await cancel(gatewayContext(), caller);
      info("Subscription changed", { userId: caller.userId, ...result });
      return result;
    }),
);
