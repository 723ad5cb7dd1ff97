import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { endChild, keepChild } from "./children.ts";
import { findFreePort, HOST } from "./ports.ts";

/** One function of a folder with a package.json, and what runs it. */
export interface FrameworkOptions {
  folder: string;
  target: string;
  /** `cloudevent` for a function that a trigger calls. */
  signature: "http" | "cloudevent";
  environment: Readonly<Record<string, string>>;
  /** A command that runs the one of Node, such as `taskset`. */
  wrapper?: readonly string[];
}

/** A function that answers at `url`, in a process of its own. */
export interface ServedFunction {
  url: string;
  pid: number;
  /** When it was started and when it began to listen, in milliseconds of `performance.now()`. */
  startedAt: number;
  readyAt: number;
  stop(): Promise<void>;
}

const READY_LINE = "URL: http://";
const framework = createRequire(import.meta.url)
  .resolve("@google-cloud/functions-framework")
  .replace(/index\.js$/, "main.js");

/** Runs a function with Google's functions framework, as in Google's cloud. */
export async function serveFunction(options: FrameworkOptions): Promise<ServedFunction> {
  const { folder, target, signature, environment, wrapper = [] } = options;
  const port = await findFreePort();
  const args = [framework, "--target", target, "--signature-type", signature, "--port", String(port)];
  const [command = "", ...rest] = [...wrapper, process.execPath, ...args];
  const startedAt = performance.now();
  const env = { PATH: process.env["PATH"], FUNCTION_TARGET: target, K_SERVICE: target, ...environment };
  const child = keepChild(spawn(command, rest, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] }));
  const readyAt = await untilReady(child, target);
  return {
    url: `http://${HOST}:${port}`,
    pid: child.pid ?? 0,
    startedAt,
    readyAt,
    stop: () => endChild(child),
  };
}

/** Fails with the function's output if it ends before it listens. */
async function untilReady(child: ChildProcess, target: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => {
      if (line.startsWith(READY_LINE)) resolve(performance.now());
      else if (said.length < 20) said.push(line);
    });
  }
  child.once("error", reject);
  child.once("exit", () => reject(new Error(`Cannot serve "${target}": it ended\n${said.join("\n")}`)));
  return await promise;
}
