import { initializeApp } from "firebase/app";
import {
  browserLocalPersistence,
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
  type Auth,
} from "firebase/auth";
import { connectFirestoreEmulator, getFirestore, type Firestore } from "firebase/firestore";
import { connectFunctionsEmulator, getFunctions } from "firebase/functions";
import { createFunctionProvider, type FunctionProvider } from "../../client/index.ts";
import type { HostingConfig } from "./hosting.ts";

const REGION = "us-central1";

/** Everything the shop talks to. */
export interface Backend {
  auth: Auth;
  db: Firestore;
  functionProvider: FunctionProvider;
  /** Whether payments are only simulated. */
  local: boolean;
}

/** Connects to the deployed project, or to its emulators if they run. */
export function connectBackend({ options, emulators }: HostingConfig): Backend {
  const app = initializeApp(options);
  const auth = initializeAuth(app, { persistence: [indexedDBLocalPersistence, browserLocalPersistence] });
  const db = getFirestore(app);
  const functions = getFunctions(app, REGION);
  if (emulators.authUrl) connectAuthEmulator(auth, emulators.authUrl, { disableWarnings: true });
  if (emulators.firestore) connectFirestoreEmulator(db, emulators.firestore.host, emulators.firestore.port);
  if (emulators.functions) {
    connectFunctionsEmulator(functions, emulators.functions.host, emulators.functions.port);
  }
  return {
    auth,
    db,
    functionProvider: createFunctionProvider(functions),
    local: emulators.functions !== undefined,
  };
}
