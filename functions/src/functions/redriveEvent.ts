import { info } from "firebase-functions/logger";
import { gatewayContext, providerCallableOptions, requireAdmin } from "../options.ts";
import { callable } from "../platform/callable.ts";
import { redriveEvent as redrive, redriveEventInput } from "../webhooks/redrive.ts";

export const redriveEvent = callable("redriveEvent", providerCallableOptions, {
  requireCaller: requireAdmin,
  input: redriveEventInput,
  run: async ({ userId }, input) => {
    const { eventId, type, outcome, paymentId = null } = await redrive(gatewayContext(), input);
    info("Event redriven", { by: userId, eventId, type, outcome, paymentId });
    return { eventId, type, outcome, paymentId };
  },
});
