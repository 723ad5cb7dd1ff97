import { onDocumentWritten } from "firebase-functions/firestore";
import { info } from "firebase-functions/logger";
import { onSchedule } from "firebase-functions/scheduler";
import { creditContext, REGION } from "../options.ts";
import { settleCredits, sweepExpired } from "../credits/service.ts";

/**
 * The only writer of payments' credits. Deliveries repeat, come late and out of order, so the event's snapshots are not
 * looked at; whatever is thrown is delivered again (https://firebase.google.com/docs/functions/retries).
 */
export const onPaymentWritten = withoutSnapshots(
  onDocumentWritten(
    { document: "payments/{paymentId}", region: REGION, retry: true, maxInstances: 20 },
    async ({ params: { paymentId } }) => {
      const settled = await settleCredits(creditContext(), paymentId);
      info("Credits settled", { paymentId, ...settled });
    },
  ),
);

/** Books what ran out. Spending respects ends at once, so that nothing depends on when this runs. */
export const expireCredits = onSchedule(
  { schedule: "every 60 minutes", region: REGION, timeoutSeconds: 540, maxInstances: 1 },
  async () => {
    info("Credits expired", { ...(await sweepExpired(creditContext())) });
  },
);

/** Hands events on without their data: to make snapshots of them, firebase-functions loads firebase-admin and its Firestore. */
function withoutSnapshots<T extends (event: never) => unknown>(trigger: T): T {
  return new Proxy(trigger, {
    apply: (call, self, [event]: [object]) => Reflect.apply(call, self, [{ ...event, data: undefined }]),
  });
}
