import { onDocumentWritten } from "firebase-functions/firestore";
import { info } from "firebase-functions/logger";
import { collections } from "../contract/collections.ts";
import { bookPayment } from "../credits/bookPayment.ts";
import { baseOptions, creditContext } from "../options.ts";
import { withoutSnapshots } from "../platform/workarounds/withoutSnapshots.ts";

/**
 * Books the credits of payments. Deliveries repeat, come late and out of order, so the event's snapshots are not used;
 * after an error the event is delivered again (https://firebase.google.com/docs/functions/retries).
 */
export const onPaymentWritten = withoutSnapshots(
  onDocumentWritten(
    { ...baseOptions, document: `${collections.payments}/{paymentId}`, retry: true, maxInstances: 20 },
    async ({ params: { paymentId } }) => {
      const booked = await bookPayment(creditContext(), paymentId);
      info("Credits settled", { paymentId, ...booked });
    },
  ),
);
