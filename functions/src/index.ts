export {
  createPaymentSession,
  redriveEvent,
  refundPayment,
  runReconciliation,
  verifyPayment,
} from "./gateway/functions.ts";
export { gateway } from "./gateway/router.ts";
export { reconcilePayments } from "./gateway/triggers.ts";
export { onPaymentWritten } from "./subscription/triggers.ts";
