export {
  cancelSubscription,
  createPaymentSession,
  createPortalSession,
  redriveEvent,
  refundPayment,
  resumeSubscription,
  runReconciliation,
  verifyPayment,
} from "./functions/gateway.ts";
export { gateway } from "./router.ts";
export { onUserDeleted, reconcilePayments } from "./triggers/gateway.ts";
export { grantCredits } from "./functions/grantCredits.ts";
export { expireCredits, onPaymentWritten } from "./triggers/credits.ts";
