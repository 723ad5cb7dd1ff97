import { onSchedule } from "firebase-functions/scheduler";
import { reconcile } from "../admin/repair.ts";
import { gatewayContext, providerOptions } from "../options.ts";
import { logReports } from "../platform/log.ts";

/** Repairs what webhooks and triggers missed. Overlapping runs are harmless. */
export const reconcilePayments = onSchedule(
  { ...providerOptions, schedule: "every 60 minutes", timeoutSeconds: 540, retryCount: 3 },
  async () => void (await reconcile(gatewayContext(), logReports)),
);
