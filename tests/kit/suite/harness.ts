import type { Firestore } from "@google-cloud/firestore";
import { deleteApp, initializeApp, type FirebaseApp } from "firebase/app";
import { connectAuthEmulator, createUserWithEmailAndPassword, getAuth } from "firebase/auth";
import { connectFunctionsEmulator, getFunctions, type Functions } from "firebase/functions";
import { expect, onTestFinished } from "vitest";
import { createFunctionProvider, type FunctionProvider } from "../../../client/index.ts";
import type { VerifyPaymentResult } from "../../../functions/src/contract/calls.ts";
import { auditAccount } from "../../../functions/src/credits/credits.ts";
import { ControlClient } from "../../../local/stripe/testing/controlClient.ts";
import { buildProduct, type NewProduct } from "../products.ts";
import { connectStripe } from "../stripe.ts";
import { eventually } from "../eventually.ts";
import { suite } from "./suite.ts";
import { toFirestore } from "../database.ts";

export { suite };

/** The administrator's view of the emulator: no rules apply. */
export const db = connectFirestore();

/** The merchant's own use of Stripe. */
export const stripe = connectStripe({ url: suite.stripeUrl, apiKey: suite.stripeApiKey });

/** What buyers, banks and the merchant do at Stripe, and what goes wrong there. */
export const control = new ControlClient(suite.stripeUrl);

export interface TestUser {
  uid: string;
  email: string;
  functionProvider: FunctionProvider;
  readonly refreshToken: () => Promise<void>;
  readonly readToken: () => Promise<string>;
  readonly deleteAccount: () => Promise<void>;
}

/** Signs up a new user with the client SDK, as an admin if wanted; signed out again when the test ends. */
export async function signUp({ admin = false } = {}): Promise<TestUser> {
  const app = initializeApp({ projectId: suite.projectId, apiKey: "demo" }, crypto.randomUUID());
  onTestFinished(async () => await deleteApp(app));
  const auth = getAuth(app);
  connectAuthEmulator(auth, suite.authUrl, { disableWarnings: true });
  const email = `${crypto.randomUUID()}@example.com`;
  const { user } = await createUserWithEmailAndPassword(auth, email, "correct horse");
  if (admin) {
    await updateAccount(user.uid, { customAttributes: JSON.stringify({ admin: true }) });
    await user.getIdToken(true);
  }
  const refreshToken = async () => void (await user.getIdToken(true));
  return {
    uid: user.uid,
    email,
    functionProvider: createFunctionProvider(toFunctions(app)),
    refreshToken,
    readToken: async () => await user.getIdToken(),
    deleteAccount: async () => await user.delete(),
  };
}

/** Changes a user's e-mail address, as far as their next token. */
export async function setEmail(user: TestUser, email: string): Promise<void> {
  await updateAccount(user.uid, { email });
  await user.refreshToken();
}

/** What an app's own server does with the admin SDK. */
async function updateAccount(localId: string, changes: object): Promise<void> {
  const url = `${suite.authUrl}/identitytoolkit.googleapis.com/v1/projects/${suite.projectId}/accounts:update`;
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: "Bearer owner", "content-type": "application/json" },
    body: JSON.stringify({ localId, ...changes }),
  });
  expect(response.status).toBe(200);
}

/** Calls a function with what the types forbid: a client need not obey them. */
export async function runUntyped(
  functionProvider: FunctionProvider,
  name: string,
  input: unknown,
): Promise<unknown> {
  return await Reflect.apply(functionProvider.run, functionProvider, [name, input]);
}

/** A client nobody is signed in to. */
export function signedOut(): FunctionProvider {
  const app = initializeApp({ projectId: suite.projectId, apiKey: "demo" }, crypto.randomUUID());
  onTestFinished(async () => await deleteApp(app));
  return createFunctionProvider(toFunctions(app));
}

/** The id of an object that Stripe may have expanded. */
export function toId(reference: string | { id: string } | null | undefined): string {
  const id = typeof reference === "string" ? reference : reference?.id;
  if (id === undefined) throw new Error("Expected an id");
  return id;
}

/** Puts a product with its default price on sale. Returns its id. */
export async function createProduct(wanted: NewProduct = {}): Promise<string> {
  return (await stripe.products.create(buildProduct(wanted))).id;
}

/** Holds back one session's webhooks until the returned function is called. */
export async function pauseWebhooks(sessionId: string): Promise<() => Promise<void>> {
  await control.setWebhookMode("pause", { sessionId });
  return async () => await control.setWebhookMode("normal", { sessionId });
}

/** Waits until the credits of a session are booked. */
export async function untilGranted(user: TestUser, sessionId: string): Promise<VerifyPaymentResult> {
  return await eventually(async () => {
    const result = await user.functionProvider.run("verifyPayment", sessionId);
    expect(result).toMatchObject({ success: true, credits: "granted" });
    return result;
  });
}

export interface AccountView {
  subscription: FirebaseFirestore.DocumentData | undefined;
  grants: Record<string, FirebaseFirestore.DocumentData>;
  entries: FirebaseFirestore.DocumentData[];
}

/** A user's credits as they are booked; fails when the documents disagree with each other. */
export async function readAccount(uid: string): Promise<AccountView> {
  const ref = db.collection("subscriptions").doc(uid);
  expect(await auditAccount({ db }, uid)).toMatchObject({ outcome: "agrees" });
  const [subscription, grants, entries] = await Promise.all([
    ref.get(),
    ref.collection("grants").get(),
    ref.collection("entries").orderBy("seq").get(),
  ]);
  return {
    subscription: subscription.data(),
    grants: Object.fromEntries(grants.docs.map((grant) => [grant.id, grant.data()])),
    entries: entries.docs.map((entry) => entry.data()),
  };
}

function toFunctions(app: FirebaseApp): Functions {
  const functions = getFunctions(app, "us-central1");
  const { hostname, port } = new URL(suite.functionsUrl);
  connectFunctionsEmulator(functions, hostname, Number(port));
  return functions;
}

/** The same for another project in the emulator, or by another way to it. */
export function connectFirestore({
  projectId = suite.projectId,
  host = suite.firestoreHost,
} = {}): Firestore {
  return toFirestore({ projectId, host });
}
