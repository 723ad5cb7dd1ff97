import { error as logError, info } from "firebase-functions/logger";
import { gatewayContext, providerCallableOptions, requireAdmin } from "../options.ts";
import { callable } from "../platform/callable.ts";
import { logForgotten, toLogFields, warnOfTwoPlans } from "../platform/log.ts";
import { reconcilePayments, runReconciliationInput } from "../reconciliation/reconcile.ts";

export const runReconciliation = callable(
  "runReconciliation",
  { ...providerCallableOptions, timeoutSeconds: 540 },
  {
    requireCaller: requireAdmin,
    input: runReconciliationInput,
    run: async () => {
      const report = await reconcilePayments(gatewayContext(), {
        onSubscribedTwice: (twice) => warnOfTwoPlans({ ...twice }),
        onForgotten: logForgotten,
        onFailure: ({ error, ...failure }) =>
          logError("Reconciliation failed", { ...failure, ...toLogFields(error) }),
      });
      info("Reconciliation done", { ...report });
      return report;
    },
  },
);
