import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** How to start firebase-tools, and where its output goes. */
export interface EmulatorProcessOptions {
  args: readonly string[];
  folder: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  onLine?: ((line: string) => void) | undefined;
}

const KEPT_LINES = 200;
// Longer than the child allows itself to shut down.
const STOP_LIMIT_MS = 12_000;

/** A running firebase-tools: its output, its end, and a way to stop it that leaves no process behind. */
export class EmulatorProcess {
  /** Settles when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #log: WriteStream;
  readonly #lines: string[] = [];
  readonly #options: EmulatorProcessOptions;
  readonly #waiting = new Set<(line: string) => void>();
  #firestorePid: number | undefined;

  constructor(options: EmulatorProcessOptions) {
    this.#options = options;
    this.#log = createWriteStream(options.logFile);
    // A process group of its own, so that Ctrl-C in a terminal reaches only the launcher, which then stops it in order.
    this.#child = spawn(process.execPath, [...options.args], {
      cwd: options.folder,
      env: options.environment,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: process.platform !== "win32",
    });
    this.ended = once(this.#child, "exit").then(() => undefined);
    for (const stream of [this.#child.stdout, this.#child.stderr]) if (stream) this.#readLines(stream);
  }

  /** The last lines of output, oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Waits for a line of output; false if the process ends or the signal comes first. */
  async waitForLine(text: string, signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const check = (line: string): void => {
      if (line.includes(text)) resolve(true);
    };
    const giveUp = (): void => resolve(false);
    this.#waiting.add(check);
    signal.addEventListener("abort", giveUp);
    const result = signal.aborted ? false : await Promise.race([promise, this.ended.then(() => false)]);
    signal.removeEventListener("abort", giveUp);
    this.#waiting.delete(check);
    return result;
  }

  /** Sets the process of the Firestore emulator, which is not in the group of the others. */
  setFirestorePid(pid: number): void {
    this.#firestorePid = pid;
  }

  /** Ends the process and everything it started. */
  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const isClean = await Promise.race([
      this.ended.then(() => true),
      delay(STOP_LIMIT_MS, false, { ref: false }),
    ]);
    this.#killGroup();
    if (!isClean || this.#child.exitCode !== 0) this.#killFirestore();
    await this.ended;
    this.#log.end();
    await once(this.#log, "close");
  }

  #readLines(stream: Readable): void {
    createInterface({ input: stream }).on("line", (line) => {
      this.#log.write(`${line}\n`);
      this.#lines.push(line);
      if (this.#lines.length > KEPT_LINES) this.#lines.shift();
      for (const check of this.#waiting) check(line);
      this.#options.onLine?.(line);
    });
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (process.platform === "win32") spawn("taskkill", ["/pid", String(pid), "/t", "/f"]);
    else killIfAlive(-pid);
  }

  #killFirestore(): void {
    if (this.#firestorePid !== undefined) killIfAlive(this.#firestorePid);
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
