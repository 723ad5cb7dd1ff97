import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findFirestoreEmulator } from "../../local/firestoreEmulator.ts";
import { requireJava } from "../../local/java.ts";
import { endChild, keepChild } from "../../local/children.ts";
import { findFreePort, HOST } from "../../local/ports.ts";

export interface FirestoreProcess {
  /** `host:port`. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Google's Firestore emulator alone, without rules and triggers. */
export async function startFirestore(wrapper: readonly string[]): Promise<FirestoreProcess> {
  const emulator = findFirestoreEmulator();
  if (emulator.source === "download") throw new Error('No Firestore emulator found: run "npm start" once');
  const java = join(await requireJava(console.error), "java");
  const port = await findFreePort();
  const [command, ...args] = [...wrapper, java, "-jar", emulator.jar, "--host", HOST, "--port", `${port}`];
  const child = keepChild(spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] }));
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.includes("Dev App Server is now running")) resolve();
  });
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`The Firestore emulator ended (${code})`)));
  await ready;
  return {
    host: `${HOST}:${port}`,
    stop: () => endChild(child),
  };
}
