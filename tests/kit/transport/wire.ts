import { startFirestoreProxy } from "./firestoreProxy.ts";
import { Gate } from "./gate.ts";
import { startStripeProxy } from "./stripeProxy.ts";

/** The servers that a process uses. */
export interface Servers {
  /** `host:port` of the Firestore emulator. */
  readonly firestoreHost: string;
  readonly stripeUrl: string;
}

/** The connections of one process to its servers, all through one gate. */
export interface Wire extends Servers {
  readonly gate: Gate;
  /** Ends what a dead process left open at its servers; they would do so themselves some time later. */
  readonly cleanUp: () => Promise<void>;
  /** Cuts the connections. */
  readonly close: () => void;
}

export async function openWire(servers: Servers): Promise<Wire> {
  const gate = new Gate();
  const firestore = await startFirestoreProxy(servers.firestoreHost, gate);
  const stripe = await startStripeProxy(servers.stripeUrl, gate);
  const close = (): void => {
    firestore.close();
    stripe.close();
  };
  return { gate, firestoreHost: firestore.host, stripeUrl: stripe.url, cleanUp: firestore.rollBack, close };
}
