import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../paths.ts";
import { HOST } from "../ports.ts";

/** The ports that people and other programs use; the emulators use the rest among themselves. */
export type PublicPort = "hosting" | "functions" | "firestore" | "auth";

/** The ports that one run of firebase-tools listens on. */
export interface EmulatorPorts extends Readonly<Record<PublicPort, number>> {
  /** Firestore's websocket. */
  websocket: number;
  hub: number;
  logging: number;
  eventarc: number;
  tasks: number;
}

interface FirebaseConfig {
  emulators: Readonly<Record<PublicPort, { port: number }>>;
}

/** The ports of the project's own firebase.json. */
export function readDefaultPorts(root = projectRoot): Pick<EmulatorPorts, PublicPort> {
  const { hosting, functions, firestore, auth } = readConfig(root).emulators;
  return { hosting: hosting.port, functions: functions.port, firestore: firestore.port, auth: auth.port };
}

/** The project's firebase.json with the ports of one run. */
export function readRunConfig(
  { firestore, websocket, ...others }: EmulatorPorts,
  root = projectRoot,
): object {
  const config = readConfig(root);
  const listeners = Object.entries(others).map(([name, port]) => [name, { host: HOST, port }]);
  return {
    ...config,
    emulators: {
      ...config.emulators,
      ...Object.fromEntries(listeners),
      firestore: { host: HOST, port: firestore, websocketPort: websocket },
    },
  };
}

function readConfig(root: string): FirebaseConfig {
  return JSON.parse(readFileSync(join(root, "firebase.json"), "utf8"));
}
