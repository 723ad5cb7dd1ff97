import { info } from "firebase-functions/logger";
import { redrive } from "../admin/repair.ts";
import { gatewayContext, providerCallableOptions, requireAdmin } from "../options.ts";
import { callable } from "../platform/callable.ts";
import { logReports } from "../platform/log.ts";
import { redriveEventInput } from "../webhooks/redrive.ts";

export const redriveEvent = callable("redriveEvent", providerCallableOptions, {
  requireCaller: requireAdmin,
  input: redriveEventInput,
  run: async ({ userId }, input) => {
    const redriven = await redrive(gatewayContext(), input, logReports);
    info("Event redriven", { by: userId, ...redriven });
    return redriven;
  },
});
