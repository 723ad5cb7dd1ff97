import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { post } from "../../bench/http.ts";
import { toCall, toPaymentWritten, toWebhook, type RequestParts } from "../../bench/requests.ts";
import { serveFunction } from "../../local/functionsFramework.ts";
import { createTestFolder } from "../../local/testFolder.ts";
import { signUp, suite } from "../kit/suite/harness.ts";
import { readLoadedSources, toPackages, toTracingEnvironment } from "../kit/loads.ts";

const { projectId } = suite;

describe("a deployed function", () => {
  it("that grants credits loads firebase-admin to verify the token, and no Stripe", async () => {
    const { uid } = await signUp({ admin: true });
    const input = { userId: uid, amount: 5, key: "loading", reason: "Test" };
    const request = toCall(input, { projectId, uid, admin: true });
    const loaded = await readPackagesOfCall({ target: "grantCredits", request, status: 200 });
    expect(loaded).toContain("firebase-admin");
    expect(loaded).not.toContain("stripe");
  });

  it("that books credits loads no Stripe, and no firebase-admin", async () => {
    const request = toPaymentWritten("stripe_unknown", projectId);
    const call = { target: "onPaymentWritten", signature: "cloudevent", request, status: 204 } as const;
    const loaded = await readPackagesOfCall(call);
    for (const unused of ["stripe", "firebase-admin"]) expect(loaded).not.toContain(unused);
  });

  it("that takes webhooks loads Stripe to verify them, and no firebase-admin", async () => {
    const request = toWebhook({ id: "evt_1", object: "event" });
    const call = { target: "gateway", path: "/webhook/stripe", request, status: 400 };
    const loaded = await readPackagesOfCall(call);
    expect(loaded).toContain("stripe");
    expect(loaded).not.toContain("firebase-admin");
  });
});

/** The packages that a new process of a function loads until it has answered one request. */
async function readPackagesOfCall(call: {
  target: string;
  signature?: "http" | "cloudevent";
  path?: string;
  request: RequestParts;
  status: number;
}): Promise<string[]> {
  const list = join(createTestFolder(), "loaded");
  const served = await serveFunction({
    folder: join(import.meta.dirname, "../../functions"),
    target: call.target,
    signature: call.signature ?? "http",
    environment: { ...toEnvironment(), ...toTracingEnvironment(list) },
  });
  onTestFinished(async () => await served.stop());
  const answer = await post(`${served.url}${call.path ?? ""}`, call.request);
  expect(answer.status, answer.body).toBe(call.status);
  return toPackages(readLoadedSources(list));
}

function toEnvironment(): Record<string, string> {
  return {
    GCLOUD_PROJECT: projectId,
    FIREBASE_CONFIG: JSON.stringify({ projectId }),
    FIRESTORE_EMULATOR_HOST: suite.firestoreHost,
    FIREBASE_AUTH_EMULATOR_HOST: new URL(suite.authUrl).host,
    METADATA_SERVER_DETECTION: "none",
    STRIPE_SECRET_KEY: suite.stripeApiKey,
    STRIPE_WEBHOOK_SECRET: suite.webhookSecret,
  };
}
