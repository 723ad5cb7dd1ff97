import { info } from "firebase-functions/logger";
import { boundedPerUser } from "../buyers/limits.ts";
import { gatewayContext, providerCallableOptions } from "../options.ts";
import { createPortalSession as open, createPortalSessionInput } from "../plans/portal.ts";
import { callable } from "../platform/callable.ts";
import { requireCaller } from "../platform/caller.ts";

export const createPortalSession = callable("createPortalSession", providerCallableOptions, {
  requireCaller,
  input: createPortalSessionInput,
  run: boundedPerUser(async (caller, input) => {
    const result = await open(gatewayContext(), caller, input);
    info("Portal session created", { userId: caller.userId });
    return result;
  }),
});
