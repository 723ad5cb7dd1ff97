import { reconcile } from "../admin/repair.ts";
import { gatewayContext, longCallableOptions, requireAdmin } from "../options.ts";
import { callable } from "../platform/callable.ts";
import { logReports } from "../platform/log.ts";
import { runReconciliationInput } from "../reconciliation/reconcile.ts";

export const runReconciliation = callable("runReconciliation", longCallableOptions, {
  requireCaller: requireAdmin,
  input: runReconciliationInput,
  run: async () => await reconcile(gatewayContext(), logReports),
});
