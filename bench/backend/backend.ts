import { Stripe } from "stripe";
import { toFirestore } from "../../tests/kit/database.ts";
import { LOCAL_STRIPE } from "../../local/suite.ts";
import { ControlClient } from "../../local/stripe/testing/controlClient.ts";
import { toEnvironment, type Environment } from "../../tests/kit/hosting/environment.ts";
import { startAuth } from "./auth.ts";
import { startFirestore } from "./firestore.ts";
import { startStripe } from "./stripe.ts";

/** What the measured functions talk to: Firestore and Stripe on this machine, each in a process of its own. */
export interface Backend {
  readonly projectId: string;
  readonly db: ReturnType<typeof toFirestore>;
  readonly stripe: Stripe;
  readonly control: ControlClient;
  /** What a function finds in its environment. */
  readonly environment: Environment;
  stop(): Promise<void>;
}

/** `wrapper` is the command that runs the database, such as `taskset`. */
export async function startBackend(wrapper: readonly string[] = []): Promise<Backend> {
  const projectId = `demo-bench-${process.pid}`;
  const [firestore, stripe, auth] = await Promise.all([startFirestore(wrapper), startStripe(), startAuth()]);
  const { hostname, port } = new URL(stripe.url);
  const db = toFirestore({ projectId, host: firestore.host });
  return {
    projectId,
    db,
    stripe: new Stripe(LOCAL_STRIPE.apiKey, { protocol: "http", host: hostname, port, telemetry: false }),
    control: new ControlClient(stripe.url),
    environment: toEnvironment({
      projectId,
      firestoreHost: firestore.host,
      stripeUrl: stripe.url,
      stripeApiKey: LOCAL_STRIPE.apiKey,
      webhookSecret: LOCAL_STRIPE.webhookSecret,
      authHost: auth.host,
    }),
    async stop() {
      await db.terminate();
      await Promise.all([firestore.stop(), stripe.stop(), auth.stop()]);
    },
  };
}
