export { createPaymentSession, verifyPayment } from "./gateway/functions.ts";
export { gateway } from "./gateway/router.ts";
export { onPaymentWritten } from "./subscription/triggers.ts";
