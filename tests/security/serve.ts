import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { z } from "zod";
import { projectRoot } from "../../local/paths.ts";
import type { SuiteAddresses } from "../../local/suite.ts";
import { send } from "./send.ts";
import type { Answer, Message } from "./send.ts";

/** The deployed functions in a process of their own, without an emulator before them. */
export interface Deployed {
  /** Of all functions that can be asked over HTTP. */
  readonly names: readonly string[];
  readonly send: (name: string, message: Message) => Promise<Answer>;
  /** Everything written to the log so far. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

export interface DeployedOptions {
  /** A project of its own in the suite's Firestore, where nothing else writes and no trigger runs. */
  readonly projectId: string;
  readonly suite: Pick<SuiteAddresses, "firestoreHost" | "stripeUrl" | "stripeApiKey" | "webhookSecret">;
  /** Where the process finds Google's servers, see outside.ts. */
  readonly outsidePort: number;
  /** What to set otherwise; undefined takes a variable away. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

export const FRONTEND_URL = "https://app.example";

const portsSchema = z.record(z.string(), z.number());

/**
 * Serves the built functions as the cloud does. No emulator of Auth is configured, so that tokens are verified as in
 * production; `FUNCTIONS_EMULATOR` is, for it alone allows another Stripe.
 */
export async function serveDeployed(options: DeployedOptions): Promise<Deployed> {
  const child = fork(join(import.meta.dirname, "deployed.ts"), {
    cwd: join(projectRoot, "functions"),
    env: toEnvironment(options),
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => output.push(data));
  const log = (): string => Buffer.concat(output).toString("utf8");
  const exited = once(child, "exit");
  const ended = exited.then(() => [undefined]);
  const [message] = await Promise.race([once(child, "message"), ended]);
  if (message === undefined) throw new Error(`Cannot serve the functions: ${log()}`);
  const ports = portsSchema.parse(message);
  return {
    names: Object.keys(ports),
    send: async (name, request) => await send(requirePort(ports, name), request),
    log,
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}

function requirePort(ports: Record<string, number>, name: string): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`Cannot call "${name}": no such function is deployed`);
  return port;
}

function toEnvironment(options: DeployedOptions): NodeJS.ProcessEnv {
  const { projectId, suite, outsidePort, variables } = options;
  return {
    ...process.env,
    FIREBASE_AUTH_EMULATOR_HOST: undefined,
    FIREBASE_DEBUG_MODE: undefined,
    // As Google's build for the cloud sets it; Express shows stack traces otherwise.
    NODE_ENV: "production",
    METADATA_SERVER_DETECTION: "none",
    OUTSIDE_PORT: String(outsidePort),
    GCLOUD_PROJECT: projectId,
    FIREBASE_CONFIG: JSON.stringify({ projectId }),
    FIRESTORE_EMULATOR_HOST: suite.firestoreHost,
    FUNCTIONS_EMULATOR: "true",
    STRIPE_API_BASE_URL: suite.stripeUrl,
    STRIPE_SECRET_KEY: suite.stripeApiKey,
    STRIPE_WEBHOOK_SECRET: suite.webhookSecret,
    FRONTEND_URL,
    ALLOWED_REDIRECT_ORIGINS: "https://admin.example",
    ENFORCE_APP_CHECK: "false",
    MAX_CALLS_PER_MINUTE: "60",
    MAX_OPEN_SESSIONS: "20",
    ...variables,
  };
}
