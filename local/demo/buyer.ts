import { deleteApp, initializeApp } from "firebase/app";
import { connectAuthEmulator, createUserWithEmailAndPassword, getAuth } from "firebase/auth";
import {
  collection,
  connectFirestoreEmulator,
  doc,
  getDocs,
  getFirestore,
  onSnapshot,
  type DocumentData,
  type Firestore,
} from "firebase/firestore";
import { connectFunctionsEmulator, getFunctions } from "firebase/functions";
import { createFunctionProvider, type FunctionProvider } from "../../client/index.ts";
import { REGION } from "../emulators/emulators.ts";
import type { SuiteAddresses } from "../suite.ts";

/** The part of a suite that the demo's buyer talks to. */
export type BuyerTarget = Pick<SuiteAddresses, "projectId" | "functionsUrl" | "authUrl" | "firestoreHost">;

/** A newly signed-up user and what an app can use: the functions, and what the rules let them read. */
export interface Buyer {
  email: string;
  functionProvider: FunctionProvider;
  /** Waits until the subscription has credits. */
  waitForCredits(): Promise<DocumentData>;
  readLedger(): Promise<DocumentData[]>;
  close(): Promise<void>;
}

/** Signs up with Firebase's client SDK, exactly as an app does. */
export async function signUpBuyer(target: BuyerTarget): Promise<Buyer> {
  const app = initializeApp({ projectId: target.projectId, apiKey: "demo" }, crypto.randomUUID());
  const auth = getAuth(app);
  connectAuthEmulator(auth, target.authUrl, { disableWarnings: true });
  const functions = getFunctions(app, REGION);
  connectFunctionsEmulator(functions, ...toHostAndPort(new URL(target.functionsUrl).host));
  const firestore = getFirestore(app);
  connectFirestoreEmulator(firestore, ...toHostAndPort(target.firestoreHost));
  const email = `demo-${crypto.randomUUID().slice(0, 8)}@example.com`;
  const { user } = await createUserWithEmailAndPassword(auth, email, crypto.randomUUID());
  const path = `subscriptions/${user.uid}`;
  return {
    email,
    functionProvider: createFunctionProvider(functions),
    waitForCredits: () => waitForCredits(firestore, path),
    readLedger: async () =>
      (await getDocs(collection(firestore, path, "entries"))).docs.map((entry) => entry.data()),
    close: () => deleteApp(app),
  };
}

function waitForCredits(firestore: Firestore, path: string): Promise<DocumentData> {
  return new Promise((resolve, reject) => {
    const unsubscribe = onSnapshot(
      doc(firestore, path),
      (snapshot) => {
        const subscription = snapshot.data();
        if (!subscription || Number(subscription["availableCredits"]) === 0) return;
        unsubscribe();
        resolve(subscription);
      },
      reject,
    );
  });
}

function toHostAndPort(address: string): [host: string, port: number] {
  const { hostname, port } = new URL(`http://${address}`);
  return [hostname, Number(port)];
}
