/**
 * Runs firebase-tools as a child of the launcher, with two differences from its own command: it stops when the channel to
 * the launcher closes, which happens however the launcher ends, and its auth emulator starts ten seconds faster.
 */
import { createRequire } from "node:module";

const SHUTDOWN_LIMIT_MS = 8_000;

interface Exegesis {
  middleware: (document: unknown, options: object) => Promise<unknown>;
}

interface RunningEmulators {
  getPID(emulator: "firestore"): number;
}

const fromHere = createRequire(import.meta.url);
const fromFirebaseTools = createRequire(fromHere.resolve("firebase-tools"));

compileAuthSchemasWhenUsed();
stopWithLauncher();
fromFirebaseTools("./bin/firebase.js");

/** The auth emulator's validator would otherwise compile its several hundred schemas when it starts. */
function compileAuthSchemasWhenUsed(): void {
  const exegesis: Exegesis = fromFirebaseTools("exegesis-express");
  const { middleware } = exegesis;
  exegesis.middleware = (document, options) =>
    middleware(document, { ...options, lazyCompileValidationSchemas: true });
}

function stopWithLauncher(): void {
  // Nobody reads the output after the launcher has ended, and a failed write must not interrupt the shutdown.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  process.once("disconnect", () => {
    const isHandled = process.emit("SIGTERM", "SIGTERM");
    if (!isHandled) process.exit(1);
    setTimeout(stopNow, SHUTDOWN_LIMIT_MS).unref();
  });
}

function stopNow(): never {
  const emulators: RunningEmulators = fromFirebaseTools("./emulator/downloadableEmulators");
  const firestorePid = emulators.getPID("firestore");
  if (firestorePid > 0) process.kill(firestorePid, "SIGKILL");
  process.exit(1);
}
