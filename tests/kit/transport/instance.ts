import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { findFreePort, HOST } from "../../../local/ports.ts";
import type { Servers } from "./wire.ts";

/** What an instance knows of the world: where its servers are, and what is configured. */
export interface InstanceSettings extends Servers {
  readonly projectId: string;
  readonly stripeApiKey: string;
  readonly webhookSecret: string;
  readonly frontendUrl: string;
}

/** The deployed functions that are woken by an event; all others are HTTP servers. */
const EVENT_FUNCTIONS: ReadonlySet<string> = new Set(["onPaymentWritten"]);
const FRAMEWORK = new URL("main.js", import.meta.resolve("@google-cloud/functions-framework"));
const FUNCTIONS = new URL("../../../functions", import.meta.url);
/** An instance must not outlive the tests, however these end. */
const EXIT_WITH_PARENT = `data:text/javascript,process.on("disconnect",()=>process.exit())`;

/**
 * One deployed function as production runs it: the built code on Google's functions framework, in a process of its own
 * that serves nothing else.
 */
export class Instance {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #lines: string[] = [];

  private constructor(child: ChildProcess, url: string) {
    this.url = url;
    this.#child = child;
    this.#exited = once(child, "exit");
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#lines.push(line));
  }

  /** Starts a function by its deployed name, and waits until it serves. */
  static async start(name: string, settings: InstanceSettings): Promise<Instance> {
    const port = await findFreePort();
    const signature = EVENT_FUNCTIONS.has(name) ? "cloudevent" : "http";
    const child = spawn(
      process.execPath,
      [
        "--import",
        EXIT_WITH_PARENT,
        fileURLToPath(FRAMEWORK),
        `--target=${name}`,
        `--port=${port}`,
        `--signature-type=${signature}`,
      ],
      {
        cwd: fileURLToPath(FUNCTIONS),
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        env: toEnvironment(name, settings),
      },
    );
    const instance = new Instance(child, `http://${HOST}:${port}`);
    await instance.#waitForLine("URL: ");
    return instance;
  }

  /** Everything the function has written. */
  get output(): readonly string[] {
    return this.#lines;
  }

  /** Ends the process at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async #waitForLine(start: string): Promise<void> {
    const isServing = await Promise.race([
      this.#findLine(start).then(() => true),
      this.#exited.then(() => false),
    ]);
    if (!isServing) throw new Error(`The function did not start:\n${this.#lines.join("\n")}`);
  }

  async #findLine(start: string): Promise<void> {
    while (!this.#lines.some((line) => line.startsWith(start)))
      await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function toEnvironment(name: string, settings: InstanceSettings): NodeJS.ProcessEnv {
  const { projectId } = settings;
  return {
    PATH: process.env["PATH"],
    METADATA_SERVER_DETECTION: "none",
    FUNCTION_TARGET: name,
    K_SERVICE: name.toLowerCase(),
    GCLOUD_PROJECT: projectId,
    FIREBASE_CONFIG: JSON.stringify({ projectId }),
    FIRESTORE_EMULATOR_HOST: settings.firestoreHost,
    FUNCTIONS_EMULATOR: "true",
    // As the functions emulator: tokens are read, and nobody signs them.
    FIREBASE_DEBUG_MODE: "true",
    FIREBASE_DEBUG_FEATURES: JSON.stringify({ skipTokenVerification: true }),
    STRIPE_API_BASE_URL: settings.stripeUrl,
    STRIPE_SECRET_KEY: settings.stripeApiKey,
    STRIPE_WEBHOOK_SECRET: settings.webhookSecret,
    FRONTEND_URL: settings.frontendUrl,
    MAX_CALLS_PER_MINUTE: "1000",
    MAX_OPEN_SESSIONS: "1000",
  };
}
