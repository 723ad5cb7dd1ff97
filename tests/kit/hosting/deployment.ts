import { join } from "node:path";
import { z } from "zod";
import { projectRoot } from "../../../local/paths.ts";
import { HOST } from "../../../local/ports.ts";
import { toEnvironment, type Environment, type FunctionSettings } from "./environment.ts";
import { HostedProcess } from "./hostedProcess.ts";
import type { Outside } from "./outside.ts";
import { send, type Answer, type Message } from "./send.ts";

export interface DeploymentOptions {
  /** Best a project of its own in the suite's Firestore, where nothing else writes and no trigger runs. */
  readonly settings: Omit<FunctionSettings, "authHost">;
  /** Where the process finds Google's servers. */
  readonly outside: Pick<Outside, "port">;
  /** What to set otherwise; undefined takes a variable away. */
  readonly variables?: Environment;
}

const PROCESS = join(import.meta.dirname, "deploymentProcess.ts");
const portsSchema = z.record(z.string(), z.number());
/** Whoever waits longer than this for a refusal was made to wait by what they sent. */
const LIMIT_MS = 10_000;

/**
 * All functions that can be asked over HTTP, each on a server of its own in one process. No emulator of Auth is
 * configured, so that tokens are verified as in production.
 */
export class Deployment {
  readonly #hosted: HostedProcess;
  readonly #ports: Readonly<Record<string, number>>;

  private constructor(hosted: HostedProcess, ports: Readonly<Record<string, number>>) {
    this.#hosted = hosted;
    this.#ports = ports;
  }

  static async start({ settings, outside, variables }: DeploymentOptions): Promise<Deployment> {
    const { hosted, ready } = await HostedProcess.start({
      args: [PROCESS],
      folder: join(projectRoot, "functions"),
      environment: toEnvironment(settings, {
        // As Google's build for the cloud sets it; Express shows stack traces otherwise.
        NODE_ENV: "production",
        OUTSIDE_PORT: String(outside.port),
        ALLOWED_REDIRECT_ORIGINS: "https://admin.example",
        MAX_CALLS_PER_MINUTE: "60",
        MAX_OPEN_SESSIONS: "20",
        ...variables,
      }),
      readyLine: "Ports: ",
    });
    return new Deployment(hosted, portsSchema.parse(JSON.parse(ready)));
  }

  get names(): string[] {
    return Object.keys(this.#ports);
  }

  /** Everything written to the log so far. */
  get log(): string {
    return this.#hosted.log;
  }

  async send(name: string, message: Message): Promise<Answer> {
    const port = this.#ports[name];
    if (port === undefined) throw new Error(`Cannot call "${name}": no such function is deployed`);
    return await send(`http://${HOST}:${port}`, message, { timeoutMs: LIMIT_MS });
  }

  async stop(): Promise<void> {
    await this.#hosted.kill();
  }
}
