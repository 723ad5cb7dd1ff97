import type { GatewayAdminInput, GatewayAdminResult } from "./admin.ts";
import type {
  CreatePaymentSessionInput,
  CreatePaymentSessionResult,
  CreatePortalSessionInput,
  CreatePortalSessionResult,
  GrantCreditsInput,
  GrantCreditsResult,
  NoInput,
  PlanChangeInput,
  PlanResult,
  ReconciliationReport,
  RedriveEventInput,
  RedriveEventResult,
  RefundPaymentInput,
  RefundPaymentResult,
  VerifyPaymentInput,
  VerifyPaymentResult,
} from "./calls.ts";

/** The deployed callables by name, for the typed client. */
export interface GatewayFunctions {
  createPaymentSession: { input: CreatePaymentSessionInput; result: CreatePaymentSessionResult };
  verifyPayment: { input: VerifyPaymentInput; result: VerifyPaymentResult };
  createPortalSession: { input: CreatePortalSessionInput; result: CreatePortalSessionResult };
  cancelSubscription: { input: PlanChangeInput; result: PlanResult };
  resumeSubscription: { input: PlanChangeInput; result: PlanResult };
  /** For admins (custom claim `admin`). */
  refundPayment: { input: RefundPaymentInput; result: RefundPaymentResult };
  /** For admins: everything that no app calls, by its action. */
  gatewayAdmin: { input: GatewayAdminInput; result: GatewayAdminResult };
  /** For admins: the action `reconcile` of `gatewayAdmin`. */
  runReconciliation: { input: NoInput; result: ReconciliationReport };
  /** For admins: the action `redrive` of `gatewayAdmin`. */
  redriveEvent: { input: RedriveEventInput; result: RedriveEventResult };
  /** For admins: grants credits without a payment, once for each key. */
  grantCredits: { input: GrantCreditsInput; result: GrantCreditsResult };
}
