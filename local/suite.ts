import { EVENT_TYPES } from "../functions/src/adapters/stripe/events.ts";
import { readDefaultPorts, type EmulatorPorts } from "./emulators/config.ts";
import { startEmulators, toWebhookUrl, type Emulators } from "./emulators/emulators.ts";
import { findFreePort, HOST, requirePortsFree } from "./ports.ts";
import { startLocalStripe } from "./stripe/index.ts";

/** Local Stripe's port, the API key that it accepts, and the secret that it signs webhooks with. */
export const LOCAL_STRIPE = {
  port: 12_111,
  apiKey: "sk_test_gateway_local",
  webhookSecret: "whsec_gateway_local",
};

/** The project of `npm start`; the emulators never reach Google's cloud with a name that begins with "demo-". */
export const PROJECT_ID = "demo-gateway";

/** What to start: `default` ports are those of firebase.json, `free` ones let a suite run beside others. */
export interface SuiteOptions {
  projectId: string;
  ports: "default" | "free";
  /** Whether the developer's own `functions/.env*` files count. Off if absent, so that tests are the same everywhere. */
  userVariables?: boolean;
  /** Is told every line that firebase-tools and the functions print. */
  onLine?: (line: string) => void;
  /** Aborts the start. */
  signal?: AbortSignal;
}

/** Firebase's emulators and local Stripe, connected with each other. */
export interface Suite extends Emulators {
  stripeUrl: string;
  stripeApiKey: string;
  webhookSecret: string;
}

/** Where everything is, for tests and other programs. */
export type SuiteAddresses = Omit<Suite, "stop" | "failed">;

/** Starts everything a purchase needs. The functions and the web page must be built. */
export async function startSuite(options: SuiteOptions): Promise<Suite> {
  const { projectId } = options;
  const ports = await chooseEmulatorPorts(options.ports);
  const stripePort = options.ports === "default" ? LOCAL_STRIPE.port : 0;
  if (stripePort !== 0) await requirePortsFree({ "local Stripe": stripePort });
  const { apiKey, webhookSecret } = LOCAL_STRIPE;
  const webhookUrl = toWebhookUrl({ projectId, ports });
  // Registered for the same events as the endpoint at Stripe, so that nothing works only here.
  const webhookEndpoints = [{ url: webhookUrl, secret: webhookSecret, enabledEvents: EVENT_TYPES }];
  const stripe = await startLocalStripe({
    port: stripePort,
    apiKey,
    webhookEndpoints,
    log: (message) => options.onLine?.(`⚠  stripe: ${message}`),
  });
  try {
    const emulators = await startEmulators({
      projectId,
      ports,
      variables: { ...toVariables(ports), STRIPE_API_BASE_URL: stripe.url },
      secrets: { STRIPE_SECRET_KEY: apiKey, STRIPE_WEBHOOK_SECRET: webhookSecret },
      userVariables: options.userVariables ?? false,
      onLine: options.onLine,
      signal: options.signal,
    });
    const stop = async (): Promise<void> => {
      await Promise.all([stripe.close(), emulators.stop()]);
    };
    return { ...emulators, stripeUrl: stripe.url, stripeApiKey: apiKey, webhookSecret, stop };
  } catch (error) {
    await stripe.close();
    throw error;
  }
}

/** The ports for one run, all of them free. Fails with the names of those that are taken. */
export async function chooseEmulatorPorts(kind: SuiteOptions["ports"]): Promise<EmulatorPorts> {
  const free: EmulatorPorts = {
    hosting: await findFreePort(),
    functions: await findFreePort(),
    firestore: await findFreePort(),
    auth: await findFreePort(),
    websocket: await findFreePort(),
    hub: await findFreePort(),
    logging: await findFreePort(),
    eventarc: await findFreePort(),
    tasks: await findFreePort(),
  };
  if (kind === "free") return free;
  const defaults = readDefaultPorts();
  await requirePortsFree(defaults);
  return { ...free, ...defaults };
}

/** The functions' params for a run. Each needs a value, because firebase-tools would write a missing one to a file. */
export function toVariables({ hosting }: EmulatorPorts): Record<string, string> {
  return {
    FRONTEND_URL: `http://${HOST}:${hosting}`,
    ALLOWED_REDIRECT_ORIGINS: `http://localhost:${hosting}`,
    ENFORCE_APP_CHECK: "false",
    ADMIN_CLAIM: "admin",
    MAX_CALLS_PER_MINUTE: "60",
    MAX_CHECKOUTS_PER_HOUR: "30",
    MAX_OPEN_SESSIONS: "20",
    FRAUD_FREEZE_DAYS: "30",
  };
}
