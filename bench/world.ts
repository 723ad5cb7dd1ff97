import { Stripe } from "stripe";
import { toFirestore } from "../tests/kit/database.ts";
import { LOCAL_STRIPE } from "../local/suite.ts";
import { ControlClient } from "../local/stripe/testing/controlClient.ts";
import { startAuth } from "./auth.ts";
import { startFirestore } from "./firestore.ts";
import { startStripe } from "./stripe.ts";

/** What the measured functions talk to: Firestore and Stripe on this machine, each in a process of its own. */
export interface World {
  readonly projectId: string;
  readonly db: ReturnType<typeof toFirestore>;
  readonly stripe: Stripe;
  readonly control: ControlClient;
  /** What a function finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** `wrapper` is the command that runs the database, such as `taskset`. */
export async function startWorld(wrapper: readonly string[] = []): Promise<World> {
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
      authHost: auth.host,
    }),
    async stop() {
      await db.terminate();
      await Promise.all([firestore.stop(), stripe.stop(), auth.stop()]);
    },
  };
}

function toEnvironment(at: {
  projectId: string;
  firestoreHost: string;
  stripeUrl: string;
  authHost: string;
}) {
  return {
    GCLOUD_PROJECT: at.projectId,
    FIREBASE_CONFIG: JSON.stringify({ projectId: at.projectId }),
    FIRESTORE_EMULATOR_HOST: at.firestoreHost,
    FIREBASE_AUTH_EMULATOR_HOST: at.authHost,
    METADATA_SERVER_DETECTION: "none",
    FUNCTIONS_EMULATOR: "true",
    STRIPE_API_BASE_URL: at.stripeUrl,
    STRIPE_SECRET_KEY: LOCAL_STRIPE.apiKey,
    STRIPE_WEBHOOK_SECRET: LOCAL_STRIPE.webhookSecret,
    FRONTEND_URL: "https://shop.example",
    ALLOWED_REDIRECT_ORIGINS: "",
    ENFORCE_APP_CHECK: "false",
    // Far more than is measured.
    MAX_CALLS_PER_MINUTE: "1000000",
    MAX_OPEN_SESSIONS: "1000000",
  };
}
