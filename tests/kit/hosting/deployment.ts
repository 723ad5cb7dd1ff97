import { join } from "node:path";
import { z } from "zod";
import { projectRoot } from "../../../local/paths.ts";
import { HOST } from "../../../local/ports.ts";
import { toEnvironment, type Environment, type FunctionSettings } from "./environment.ts";
import { HostedProcess } from "./hostedProcess.ts";
import type { Outside } from "./outside.ts";
import { send, type Answer, type Message } from "./send.ts";

export interface DeploymentOptions {
  /** Preferably with a project of its own in the suite's Firestore, so that nothing else writes and no trigger runs. */
  readonly settings: Omit<FunctionSettings, "authHost">;
  /** The stand-in for Google's servers. */
  readonly outside: Pick<Outside, "port">;
  /** Variables that differ; undefined removes a variable. */
  readonly variables?: Environment;
}

const PROCESS = join(import.meta.dirname, "deploymentProcess.ts");
const portsSchema = z.record(z.string(), z.number());
/** A refusal that takes longer than this was delayed by the request itself. */
const LIMIT_MS = 10_000;

/**
 * All functions that can be called over HTTP, each on a server of its own in one process. No Auth emulator is configured,
 * so that tokens are verified as in production.
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
        // Google's build for the cloud sets it, too; Express shows stack traces otherwise.
        NODE_ENV: "production",
        OUTSIDE_PORT: String(outside.port),
        ALLOWED_REDIRECT_ORIGINS: "https://admin.example",
        MAX_CALLS_PER_MINUTE: "60",
        MAX_CHECKOUTS_PER_HOUR: "30",
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
