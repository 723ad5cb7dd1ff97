import { info } from "firebase-functions/logger";
import { boundedPerUser } from "../buyers/limits.ts";
import { gatewayContext, providerCallableOptions } from "../options.ts";
import { resumeSubscription as resume, planChangeInput } from "../plans/cancel.ts";
import { callable } from "../platform/callable.ts";
import { requireCaller } from "../platform/caller.ts";

export const resumeSubscription = callable("resumeSubscription", providerCallableOptions, {
  requireCaller,
  input: planChangeInput,
  run: boundedPerUser(async (caller, input) => {
    const result = await resume(gatewayContext(), caller, input);
    info("Subscription changed", { userId: caller.userId, ...result });
    return result;
  }),
});
