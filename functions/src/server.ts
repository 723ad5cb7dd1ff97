/* What an app's own functions import. */

export type { Entry } from "./contract/documents.ts";
export type { AuditResult } from "./credits/audit.ts";
export {
  auditAccount,
  captureHold,
  grantCredits,
  holdCredits,
  readEntries,
  releaseHold,
  spendCredits,
} from "./credits/credits.ts";
export type { CreditContext } from "./credits/decide.ts";
export type { GiveResult } from "./credits/operations/giving.ts";
export type { CaptureResult, HoldResult, ReleaseResult } from "./credits/operations/holds.ts";
export type { SpendResult } from "./credits/operations/spending.ts";
export { GatewayError } from "./platform/errors.ts";
