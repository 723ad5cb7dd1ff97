import { info } from "firebase-functions/logger";
import { grantCredits as grant } from "../credits/credits.ts";
import { grantCreditsInput } from "../credits/inputs.ts";
import { callableOptions, creditContext, requireAdmin } from "../options.ts";
import { callable } from "../platform/callable.ts";
import { GatewayError } from "../platform/errors.ts";

/** For admins. A key that was used for another grant is refused with `failed-precondition`. */
export const grantCredits = callable("grantCredits", callableOptions, {
  requireCaller: requireAdmin,
  input: grantCreditsInput,
  run: async ({ userId: grantedBy }, input) => {
    const result = await grant(creditContext(), { ...input, grantedBy });
    if (result.outcome === "conflict")
      throw new GatewayError(
        "failed_precondition",
        `Cannot grant credits: key "${input.key}" was used for another grant`,
      );
    const { outcome: _outcome, ...granted } = result;
    info("Credits granted", { grantedBy, userId: input.userId, ...granted });
    return granted;
  },
});
