import { globSync, mkdirSync, rmSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { DOWNLOAD_HINT, findFirestoreEmulator, type FirestoreEmulator } from "../firestoreEmulator.ts";
import { requireJava } from "../java.ts";
import { cacheFolder } from "../paths.ts";
import { HOST } from "../ports.ts";
import { requireFunctionsLoaded } from "./loadedFunctions.ts";
import { requireFunctionsNode } from "./nodeVersion.ts";
import { toProblemLines } from "./output.ts";
import { EmulatorProcess } from "./process.ts";
import { createRunFolder, removeStaleRunFolders, type RunOptions } from "./runFolder.ts";

/** A run, and who is told what firebase-tools and the functions print. */
export interface EmulatorsOptions extends RunOptions {
  onLine?: ((line: string) => void) | undefined;
  /** Is told what a long start is waiting for; prints it if absent. */
  onNotice?: ((text: string) => void) | undefined;
  /** Aborts the start. */
  signal?: AbortSignal | undefined;
}

/** Firebase's emulators, running with all functions loaded. */
export interface Emulators {
  projectId: string;
  hostingUrl: string;
  functionsUrl: string;
  authUrl: string;
  /** `host:port`, as FIRESTORE_EMULATOR_HOST wants it. */
  firestoreHost: string;
  webhookUrl: string;
  hubUrl: string;
  logFile: string;
  /** Settles if the emulators end without having been asked to, with their last output. */
  failed: Promise<Error>;
  /** Stops everything and removes the run's folder. */
  stop: () => Promise<void>;
}

/** Where the functions run, both here and in Google's cloud. */
export const REGION = "us-central1";
const READY_LINE = "All emulators ready";
const WORKER_FAILURE_LINE = "Failed to initialize and load triggers";
/** Starting takes a minute of processor time, which a busy machine shares out among many. */
const READY_LIMIT_MS = 300_000;
const DOWNLOAD_LIMIT_MS = 900_000;
const KEPT_LOGS = 10;
const droppedVariables = /^(?:PATH|NODE_ENV|FORCE_COLOR|VITEST.*)$/i;

/** Where the functions emulator serves Stripe's webhook. */
export function toWebhookUrl({ projectId, ports }: Pick<RunOptions, "projectId" | "ports">): string {
  return `http://${HOST}:${ports.functions}/${projectId}/${REGION}/gateway/webhook/stripe`;
}

/** Starts the emulators of firebase-tools in a folder of their own; fails unless every built function is loaded. */
export async function startEmulators(options: EmulatorsOptions): Promise<Emulators> {
  requireFunctionsNode();
  removeStaleRunFolders();
  const emulator = findFirestoreEmulator();
  const { onNotice = console.log } = options;
  const javaFolder = await requireJava(onNotice);
  if (emulator.source === "download")
    onNotice("No Firestore emulator found: firebase-tools is downloading it (137 MB)");
  const folder = createRunFolder(options);
  const addresses = toAddresses(options);
  const running = new EmulatorProcess({
    args: [join(import.meta.dirname, "firebaseTools.ts"), ...toArguments(options.projectId)],
    folder,
    environment: toEnvironment(javaFolder, emulator),
    logFile: addresses.logFile,
    onLine: options.onLine,
  });
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await requireReady(running, addresses, { emulator, signal: options.signal });
  } catch (error) {
    await stop();
    throw error;
  }
  const { promise: failed, resolve: setFailed } = Promise.withResolvers<Error>();
  const reportEnd = async (): Promise<void> => {
    await running.ended;
    if (!isStopping) setFailed(toFailure("The emulators ended unexpectedly", running, addresses.logFile));
  };
  void reportEnd();
  return { ...addresses, failed, stop };
}

type Addresses = Omit<Emulators, "failed" | "stop">;

function toAddresses({ projectId, ports }: RunOptions): Addresses {
  return {
    projectId,
    hostingUrl: `http://${HOST}:${ports.hosting}`,
    functionsUrl: `http://${HOST}:${ports.functions}`,
    authUrl: `http://${HOST}:${ports.auth}`,
    firestoreHost: `${HOST}:${ports.firestore}`,
    webhookUrl: toWebhookUrl({ projectId, ports }),
    hubUrl: `http://${HOST}:${ports.hub}`,
    logFile: createLogFile(projectId),
  };
}

function toArguments(projectId: string): string[] {
  return ["emulators:start", "--project", projectId, "--only", "auth,functions,firestore,hosting"];
}

/** The developer's variables without those that would change the emulators, plus those that make them fast and quiet. */
function toEnvironment(javaFolder: string, emulator: FirestoreEmulator): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !droppedVariables.test(name));
  const path = [dirname(process.execPath), javaFolder, process.env["PATH"]].join(delimiter);
  return {
    ...Object.fromEntries(inherited),
    PATH: path,
    NO_COLOR: "1",
    CI: "1",
    METADATA_SERVER_DETECTION: "none",
    npm_config_offline: "true",
    FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: "true",
    FUNCTIONS_DISCOVERY_TIMEOUT: "180",
    FUNCTIONS_EMULATOR_PARALLEL:
      process.env["FUNCTIONS_EMULATOR_PARALLEL"] ?? String(toParallelism(availableParallelism())),
    ...(emulator.source === "download" ? {} : { FIRESTORE_EMULATOR_BINARY_PATH: emulator.jar }),
  };
}

/**
 * How many requests the functions emulator works on at once; the others wait. Each has a process of its own that takes
 * about 180 MB, is kept for later requests to the same function, and costs a second of processor time to start: more of
 * them at once than there are cores slows everything down. At least three, so that a webhook, the trigger that it causes
 * and a call can still run at the same time.
 */
export function toParallelism(cores: number): number {
  return Math.min(8, Math.max(3, cores));
}

async function requireReady(
  running: EmulatorProcess,
  { functionsUrl, hubUrl, projectId, logFile }: Addresses,
  { emulator, signal: asked }: { emulator: FirestoreEmulator; signal: AbortSignal | undefined },
): Promise<void> {
  const isDownload = emulator.source === "download";
  const limit = AbortSignal.timeout(isDownload ? DOWNLOAD_LIMIT_MS : READY_LIMIT_MS);
  const signal = asked ? AbortSignal.any([limit, asked]) : limit;
  try {
    const isReady = await running.waitForLine(READY_LINE, signal);
    if (!isReady) throw new Error(`The emulators did not start${isDownload ? `. ${DOWNLOAD_HINT}` : ""}`);
    running.setFirestorePid(await readFirestorePid(hubUrl));
    await Promise.race([
      requireFunctionsLoaded(functionsUrl, projectId, signal),
      rejectOnLine(running, WORKER_FAILURE_LINE, signal),
    ]);
  } catch (error) {
    asked?.throwIfAborted();
    throw toFailure(error instanceof Error ? error.message : String(error), running, logFile);
  }
}

/** The emulator never answers a request to a worker that crashed, but it prints a line. */
async function rejectOnLine(running: EmulatorProcess, text: string, signal: AbortSignal): Promise<never> {
  const { promise: never } = Promise.withResolvers<never>();
  const isSeen = await running.waitForLine(text, signal);
  if (isSeen) throw new Error("The functions did not start");
  return await never;
}

async function readFirestorePid(hubUrl: string): Promise<number> {
  const response = await fetch(`${hubUrl}/emulators`);
  const emulators: { firestore: { pid: number } } = JSON.parse(await response.text());
  return emulators.firestore.pid;
}

function toFailure(message: string, running: EmulatorProcess, logFile: string): Error {
  const problems = toProblemLines(running.lines).map((line) => `  ${line}`);
  return new Error([message, ...problems, `  (all output: ${logFile})`].join("\n"));
}

/** Creates the path of a run's log file; deletes all but the latest of the earlier ones. */
function createLogFile(projectId: string): string {
  const folder = join(cacheFolder, "logs");
  mkdirSync(folder, { recursive: true });
  const logs = globSync(join(folder, "*.log")).map((file) => ({ file, at: statSync(file).mtimeMs }));
  for (const { file } of logs.toSorted((a, b) => b.at - a.at).slice(KEPT_LOGS - 1))
    rmSync(file, { force: true });
  return join(folder, `${projectId}.log`);
}
