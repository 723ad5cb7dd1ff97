import { info } from "firebase-functions/logger";
import type { RedriveEventResult } from "../contract/calls.ts";
import { gatewayContext, providerCallableOptions } from "../options.ts";
import { answer } from "../platform/answer.ts";
import { requireAdmin } from "../platform/caller.ts";
import { requireInput } from "../platform/input.ts";
import { onCall } from "../platform/workarounds/onCall.ts";
import { redriveEvent as redrive, redriveEventInput } from "../webhooks/redrive.ts";

export const redriveEvent = onCall(
  providerCallableOptions,
  async (request) =>
    await answer("redriveEvent", async (): Promise<RedriveEventResult> => {
      const { userId } = requireAdmin(request);
      const input = requireInput(redriveEventInput, request.data);
      const { eventId, type, outcome, paymentId = null } = await redrive(gatewayContext(), input);
      info("Event redriven", { by: userId, eventId, type, outcome, paymentId });
      return { eventId, type, outcome, paymentId };
    }),
);
