import { onDocumentWritten } from "firebase-functions/firestore";
import { info } from "firebase-functions/logger";
import { creditContext, REGION } from "../config.ts";
import { settleCredits } from "./service.ts";

/**
 * The only writer of credits. Deliveries repeat, come late and out of order, so the event's snapshots are not looked at;
 * whatever is thrown is delivered again (https://firebase.google.com/docs/functions/retries).
 */
export const onPaymentWritten = onDocumentWritten(
  { document: "payments/{paymentId}", region: REGION, retry: true, maxInstances: 20 },
  async ({ params: { paymentId } }) => {
    const settled = await settleCredits(creditContext(), paymentId);
    info("Credits settled", { paymentId, ...settled });
  },
);
