import { info, warn } from "firebase-functions/logger";
import { act, gatewayAdminInput } from "../admin/actions.ts";
import type { GatewayAdminInput } from "../contract/admin.ts";
import { boundedPerUser } from "../buyers/limits.ts";
import { gatewayContext, longCallableOptions, requireAdmin } from "../options.ts";
import { callable } from "../platform/callable.ts";
import { GatewayError } from "../platform/errors.ts";
import { logReports } from "../platform/log.ts";

const bounded = boundedPerUser(
  async ({ userId: actor }, input: GatewayAdminInput) =>
    await act(gatewayContext(), input, { actor, reports: logReports }),
);

/** For admins. Each call writes one line that says who did what to whom, why and with what result. */
export const gatewayAdmin = callable("gatewayAdmin", longCallableOptions, {
  requireCaller: requireAdmin,
  input: gatewayAdminInput,
  run: async (caller, input) => {
    const line = { by: caller.userId, ...input, reason: withoutAddresses(input.reason) };
    try {
      const { result, summary } = await bounded(caller, input);
      info("Admin action", { ...line, outcome: "done", result: summary });
      return result;
    } catch (error) {
      // The error itself is logged by whoever turns it into an answer.
      warn("Admin action", { ...line, ...toOutcome(error) });
      throw error;
    }
  },
});

function toOutcome(error: unknown): object {
  return error instanceof GatewayError ? { outcome: "refused", code: error.code } : { outcome: "failed" };
}

/** No e-mail address belongs into a log, not even one that an admin wrote. */
function withoutAddresses(reason: string): string {
  return reason.replace(/[^\s@]+@[^\s@]+/g, "…@…");
}
