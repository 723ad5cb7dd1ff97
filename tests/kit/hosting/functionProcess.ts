import { createRequire } from "node:module";
import { join } from "node:path";
import { projectRoot } from "../../../local/paths.ts";
import { findFreePort, HOST } from "../../../local/ports.ts";
import type * as deployed from "../../../functions/src/index.ts";
import type { Environment } from "./environment.ts";
import { HostedProcess } from "./hostedProcess.ts";

/** A deployed function by name. */
export type FunctionName = keyof typeof deployed;

/** `cloudevent` for a function that an event wakes; schedules and callables are HTTP servers. */
type Signature = "http" | "cloudevent";

/** What is started: a function of a folder with a package.json. */
export interface FunctionSource {
  readonly folder: string;
  readonly target: string;
  readonly signature: Signature;
}

const READY_LINE = "URL: ";
const FRAMEWORK = createRequire(import.meta.url)
  .resolve("@google-cloud/functions-framework")
  .replace(/index\.js$/, "main.js");

const SIGNATURES: Readonly<Record<FunctionName, Signature>> = {
  cancelSubscription: "http",
  createPaymentSession: "http",
  createPortalSession: "http",
  expireCredits: "http",
  gateway: "http",
  gatewayAdmin: "http",
  grantCredits: "http",
  onPaymentWritten: "cloudevent",
  onUserDeleted: "cloudevent",
  reconcilePayments: "http",
  redriveEvent: "http",
  refundPayment: "http",
  resumeSubscription: "http",
  runReconciliation: "http",
  verifyPayment: "http",
};

/** A function of ours, as it is deployed. */
export function toDeployed(target: FunctionName): FunctionSource {
  return { folder: join(projectRoot, "functions"), target, signature: SIGNATURES[target] };
}

/**
 * One function as production runs it: the built code on Google's functions framework, in a process of its own that serves
 * nothing else.
 */
export class FunctionProcess {
  readonly url: string;
  /** When it began to listen, in `performance.now()`'s milliseconds. */
  readonly readyAt: number;
  readonly #hosted: HostedProcess;

  private constructor(hosted: HostedProcess, url: string) {
    this.#hosted = hosted;
    this.url = url;
    this.readyAt = performance.now();
  }

  /** Starts a function and waits until it serves; `wrapper` is the command that runs Node's, such as `taskset`. */
  static async start(
    { folder, target, signature }: FunctionSource,
    environment: Environment,
    wrapper: readonly string[] = [],
  ): Promise<FunctionProcess> {
    const port = await findFreePort();
    const { hosted } = await HostedProcess.start({
      args: [FRAMEWORK, `--target=${target}`, `--port=${port}`, `--signature-type=${signature}`],
      folder,
      // Cloud Run's names are in lower case.
      environment: { FUNCTION_TARGET: target, K_SERVICE: target.toLowerCase(), ...environment },
      readyLine: READY_LINE,
      wrapper,
    });
    return new FunctionProcess(hosted, `http://${HOST}:${port}`);
  }

  get pid(): number {
    return this.#hosted.pid;
  }

  get startedAt(): number {
    return this.#hosted.startedAt;
  }

  /** Ends the process at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.#hosted.kill();
  }
}
