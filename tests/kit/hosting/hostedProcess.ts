import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Environment } from "./environment.ts";

export interface HostedOptions {
  /** The script and its arguments. */
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Environment;
  /** The start of the line by which the process says that it serves. */
  readonly readyLine: string;
  /** The command that runs Node's, such as `taskset`; none when absent. */
  readonly wrapper?: readonly string[];
}

const EXIT_WITH_PARENT = join(import.meta.dirname, "exitWithParent.cjs");

/** A process of Node that serves functions. */
export class HostedProcess {
  /** When it was started, in `performance.now()`'s milliseconds. */
  readonly startedAt: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #lines: string[] = [];

  private constructor(child: ChildProcess, startedAt: number) {
    this.#child = child;
    this.startedAt = startedAt;
    this.#exited = once(child, "exit");
  }

  /** Starts a process and waits until it serves; `ready` is the rest of the line that says so. */
  static async start(options: HostedOptions): Promise<{ hosted: HostedProcess; ready: string }> {
    const { args, folder, environment, readyLine, wrapper = [] } = options;
    const command = [...wrapper, process.execPath, "--require", EXIT_WITH_PARENT, ...args];
    const startedAt = performance.now();
    const child = spawn(command[0] ?? process.execPath, command.slice(1), {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const hosted = new HostedProcess(child, startedAt);
    return { hosted, ready: await hosted.#untilReady(readyLine) };
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything the process has written. */
  get log(): string {
    return this.#lines.join("\n");
  }

  /** Ends the process at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async #untilReady(readyLine: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (line) => {
        this.#lines.push(line);
        if (line.startsWith(readyLine)) resolve(line.slice(readyLine.length));
      });
    }
    this.#exited.then(() => reject(new Error(`Cannot serve the functions: it ended\n${this.log}`)), reject);
    return await promise;
  }
}
