export {
  createPaymentSession,
  redriveEvent,
  refundPayment,
  runReconciliation,
  verifyPayment,
} from "./gateway/functions.ts";
export { gateway } from "./gateway/router.ts";
export { reconcilePayments } from "./gateway/triggers.ts";
export { grantCredits } from "./subscription/functions.ts";
export { expireCredits, onPaymentWritten } from "./subscription/triggers.ts";
