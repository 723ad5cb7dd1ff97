export {
  cancelSubscription,
  createPaymentSession,
  createPortalSession,
  redriveEvent,
  refundPayment,
  resumeSubscription,
  runReconciliation,
  verifyPayment,
} from "./gateway/functions.ts";
export { gateway } from "./gateway/router.ts";
export { onUserDeleted, reconcilePayments } from "./gateway/triggers.ts";
export { grantCredits } from "./subscription/functions.ts";
export { expireCredits, onPaymentWritten } from "./subscription/triggers.ts";
