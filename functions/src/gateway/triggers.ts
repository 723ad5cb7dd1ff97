import { inspect } from "node:util";
import { error as logError, info } from "firebase-functions/logger";
import { onSchedule } from "firebase-functions/scheduler";
import { gatewayContext, REGION, stripeSecretKey, stripeWebhookSecret } from "../config.ts";
import * as reconciliation from "./reconcile.ts";
import type { ReconciliationReport } from "./types.ts";

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

/** One reconciliation, with a log line for each thing that could not be repaired and one for the whole. */
export async function reconcileAndLog(): Promise<ReconciliationReport> {
  const report = await reconciliation.reconcilePayments(gatewayContext(), {
    provider: undefined,
    onFailure: ({ error, ...failure }) => {
      logError("Reconciliation failed", { ...failure, error: inspect(error) });
    },
  });
  info("Reconciliation done", { ...report });
  return report;
}
