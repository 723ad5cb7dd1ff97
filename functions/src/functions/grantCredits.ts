import { info } from "firebase-functions/logger";
import type { GrantCreditsResult } from "../contract/calls.ts";
import { grantCredits as grant } from "../credits/credits.ts";
import { grantCreditsInput } from "../credits/inputs.ts";
import { callableOptions, creditContext } from "../options.ts";
import { answer } from "../platform/answer.ts";
import { requireAdmin } from "../platform/caller.ts";
import { GatewayError } from "../platform/errors.ts";
import { requireInput } from "../platform/input.ts";
import { onCall } from "../platform/workarounds/onCall.ts";

/** For admins. A key that was used for another grant is refused with `failed-precondition`. */
export const grantCredits = onCall(
  callableOptions,
  async (request) =>
    await answer("grantCredits", async (): Promise<GrantCreditsResult> => {
      const { userId: grantedBy } = requireAdmin(request);
      const input = { ...requireInput(grantCreditsInput, request.data), grantedBy };
      const { userId } = input;
      const result = await grant(creditContext(), input);
      if (result.outcome === "conflict")
        throw new GatewayError(
          "failed_precondition",
          `Cannot grant credits: key "${input.key}" was used for another grant`,
        );
      const { outcome: _outcome, ...granted } = result;
      info("Credits granted", { grantedBy, userId, ...granted });
      return granted;
    }),
);
