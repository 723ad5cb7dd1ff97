import { info } from "firebase-functions/logger";
import {
  createPaymentSession as create,
  createPaymentSessionInput,
} from "../checkout/createPaymentSession.ts";
import { boundedPerUser } from "../buyers/limits.ts";
import { gatewayContext, providerCallableOptions } from "../options.ts";
import { callable } from "../platform/callable.ts";
import { requireCaller } from "../platform/caller.ts";

export const createPaymentSession = callable("createPaymentSession", providerCallableOptions, {
  requireCaller,
  input: createPaymentSessionInput,
  run: boundedPerUser(async (caller, input) => {
    const result = await create(gatewayContext(), caller, input);
    info("Payment session created", { userId: caller.userId, sessionId: result.sessionId });
    return result;
  }),
});
