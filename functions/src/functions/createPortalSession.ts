import { info } from "firebase-functions/logger";
import { gatewayContext, providerCallableOptions } from "../options.ts";
import { createPortalSession as open, createPortalSessionInput } from "../plans/portal.ts";
import { answer } from "../platform/answer.ts";
import { requireCaller } from "../platform/caller.ts";
import { requireInput } from "../platform/input.ts";
import { onCall } from "../platform/workarounds/onCall.ts";

export const createPortalSession = onCall(
  providerCallableOptions,
  async (request) =>
    await answer("createPortalSession", async () => {
      const caller = requireCaller(request);
      const input = requireInput(createPortalSessionInput, request.data);
      const result = await open(gatewayContext(), caller, input);
      info("Portal session created", { userId: caller.userId });
      return result;
    }),
);
