import { onDocumentWritten } from "firebase-functions/firestore";
import { error as logError, info } from "firebase-functions/logger";
import { collections } from "../contract/collections.ts";
import { settlePayment } from "../credits/waiting/settlePayment.ts";
import { baseOptions, creditContext } from "../options.ts";
import { withoutSnapshots } from "../platform/workarounds/withoutSnapshots.ts";

/**
 * Books the credits of payments. Deliveries repeat, come late and out of order, so the event's snapshots are not used;
 * after an error the event is delivered again (https://firebase.google.com/docs/functions/retries). What no delivery can
 * book waits for the reconciliation instead.
 */
export const onPaymentWritten = withoutSnapshots(
  onDocumentWritten(
    { ...baseOptions, document: `${collections.payments}/{paymentId}`, retry: true, maxInstances: 20 },
    async ({ params: { paymentId } }) => {
      const settled = await settlePayment(creditContext(), paymentId);
      if (settled.outcome !== "waiting") info("Credits settled", { paymentId, ...settled });
      else if (settled.isNew) logError("Credits cannot be settled", { paymentId, reason: settled.reason });
    },
  ),
);
