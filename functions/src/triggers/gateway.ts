import { error as logError, info } from "firebase-functions/logger";
import { onUserDeleted as onAccountDeleted } from "firebase-functions/identity";
import { onSchedule } from "firebase-functions/scheduler";
import { gatewayContext, REGION, stripeSecretKey, stripeWebhookSecret } from "../options.ts";
import { forgetUser } from "../deletion/forgetUser.ts";
import { toLogFields } from "../platform/log.ts";
import * as reconciliation from "../reconciliation/reconcile.ts";
import type { ReconciliationReport } from "../contract/types.ts";

/** Repairs what webhooks and triggers missed. Runs of an hour overlap harmlessly. */
export const reconcilePayments = onSchedule(
  {
    schedule: "every 60 minutes",
    region: REGION,
    secrets: [stripeSecretKey, stripeWebhookSecret],
    timeoutSeconds: 540,
    retryCount: 3,
  },
  async () => {
    await reconcileAndLog();
  },
);

/** Repeated by the platform for a day, and by the reconciliation after that, until all is gone. */
export const onUserDeleted = onAccountDeleted(
  { region: REGION, secrets: [stripeSecretKey, stripeWebhookSecret], retry: true },
  async ({ data: { uid: userId } }) => {
    info("User forgotten", { userId, ...(await forgetUser(gatewayContext(), userId)) });
  },
);

/** One reconciliation, with a log line for each thing that could not be repaired and one for the whole. */
export async function reconcileAndLog(): Promise<ReconciliationReport> {
  const report = await reconciliation.reconcilePayments(gatewayContext(), {
    onFailure: ({ error, ...failure }) => {
      logError("Reconciliation failed", { ...failure, ...toLogFields(error) });
    },
  });
  info("Reconciliation done", { ...report });
  return report;
}
