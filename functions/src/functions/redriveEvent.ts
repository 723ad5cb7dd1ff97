import { info } from "firebase-functions/logger";
import { gatewayContext, providerCallableOptions, requireAdmin } from "../options.ts";
import { callable } from "../platform/callable.ts";
import { warnOfTwoPlans } from "../platform/log.ts";
import { redriveEvent as redrive, redriveEventInput } from "../webhooks/redrive.ts";

export const redriveEvent = callable("redriveEvent", providerCallableOptions, {
  requireCaller: requireAdmin,
  input: redriveEventInput,
  run: async ({ userId }, input) => {
    const redriven = await redrive(gatewayContext(), input);
    const { eventId, type, outcome, paymentId = null, subscribedTwice } = redriven;
    if (subscribedTwice) warnOfTwoPlans({ ...subscribedTwice });
    info("Event redriven", { by: userId, eventId, type, outcome, paymentId });
    return { eventId, type, outcome, paymentId };
  },
});
