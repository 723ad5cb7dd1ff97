import type { Purchase } from "./shop.ts";
import type { Backend } from "./backend/backend.ts";

/** An event of a payment that nothing of ours has heard of, and the ids in it. */
export interface CopiedEvent {
  readonly event: object;
  readonly sessionId: string;
  readonly paymentId: string;
}

/** As many purchases as wanted that are like one: opened here, paid at Stripe, not yet heard of. */
export async function copyPurchases(
  backend: Backend,
  model: Purchase,
  count: number,
): Promise<CopiedEvent[]> {
  const session = await backend.db.doc(`payment_sessions/${model.sessionId}`).get();
  const opened = { ...session.data(), status: "created", paymentId: null };
  const writer = backend.db.bulkWriter();
  const copies = Array.from({ length: count }, () => copyEvent(model));
  for (const { sessionId } of copies)
    void writer.set(backend.db.doc(`payment_sessions/${sessionId}`), opened);
  await writer.close();
  return copies;
}

function copyEvent({ event, sessionId, paymentId }: Purchase): CopiedEvent {
  const id = crypto.randomUUID().replaceAll("-", "");
  const intentId = paymentId.slice("stripe_".length);
  const copied = JSON.stringify(event)
    .replaceAll(event.id, `evt_${id}`)
    .replaceAll(sessionId, `cs_${id}`)
    .replaceAll(intentId, `pi_${id}`);
  return { event: Object(JSON.parse(copied)), sessionId: `cs_${id}`, paymentId: `stripe_pi_${id}` };
}
