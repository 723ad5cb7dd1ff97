import { error as logError, info } from "firebase-functions/logger";
import { gatewayContext, providerCallableOptions } from "../options.ts";
import { answer } from "../platform/answer.ts";
import { requireAdmin } from "../platform/caller.ts";
import { requireInput } from "../platform/input.ts";
import { toLogFields } from "../platform/log.ts";
import { onCall } from "../platform/workarounds/onCall.ts";
import { reconcilePayments, runReconciliationInput } from "../reconciliation/reconcile.ts";

export const runReconciliation = onCall(
  { ...providerCallableOptions, timeoutSeconds: 540 },
  async (request) =>
    await answer("runReconciliation", async () => {
      requireAdmin(request);
      requireInput(runReconciliationInput, request.data);
      const report = await reconcilePayments(gatewayContext(), {
        onFailure: ({ error, ...failure }) =>
          logError("Reconciliation failed", { ...failure, ...toLogFields(error) }),
      });
      info("Reconciliation done", { ...report });
      return report;
    }),
);
