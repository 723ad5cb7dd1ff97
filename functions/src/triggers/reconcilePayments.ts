import { error as logError, info } from "firebase-functions/logger";
import { onSchedule } from "firebase-functions/scheduler";
import { gatewayContext, providerOptions } from "../options.ts";
import { logForgotten, toLogFields, warnOfTwoPlans } from "../platform/log.ts";
import { reconcilePayments as reconcile } from "../reconciliation/reconcile.ts";

/** Repairs what webhooks and triggers missed. Overlapping runs are harmless. */
export const reconcilePayments = onSchedule(
  { ...providerOptions, schedule: "every 60 minutes", timeoutSeconds: 540, retryCount: 3 },
  async () => {
    const report = await reconcile(gatewayContext(), {
      onSubscribedTwice: (twice) => warnOfTwoPlans({ ...twice }),
      onForgotten: logForgotten,
      onFailure: ({ error, ...failure }) =>
        logError("Reconciliation failed", { ...failure, ...toLogFields(error) }),
    });
    info("Reconciliation done", { ...report });
  },
);
