import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTestFolder } from "../../local/testFolder.ts";
import { signUp, suite } from "../kit/suite/harness.ts";
import { readLoadedSources, toPackages, toTracingEnvironment } from "../kit/loadedFiles.ts";
import { toCallBy, toPaymentWritten, toWebhook } from "../kit/hosting/requests.ts";
import { send, type Message } from "../kit/hosting/send.ts";
import { FunctionProcess, toDeployed, type FunctionName } from "../kit/hosting/functionProcess.ts";
import { toEnvironment } from "../kit/hosting/environment.ts";

const { projectId } = suite;

describe("a deployed function", () => {
  it("that grants credits loads firebase-admin to verify the token, and no Stripe", async () => {
    const { uid } = await signUp({ admin: true });
    const input = { userId: uid, amount: 5, key: "loading", reason: "Test" };
    const request = toCallBy(input, { projectId, userId: uid, admin: true });
    const loaded = await readPackagesOfCall({ target: "grantCredits", request, status: 200 });
    expect(loaded).toContain("firebase-admin");
    expect(loaded).not.toContain("stripe");
  });

  it("that books credits loads no Stripe, and no firebase-admin", async () => {
    const request = toPaymentWritten("stripe_unknown", projectId);
    const loaded = await readPackagesOfCall({ target: "onPaymentWritten", request, status: 204 });
    for (const unused of ["stripe", "firebase-admin"]) expect(loaded).not.toContain(unused);
  });

  it("that takes webhooks loads Stripe to verify them, and no firebase-admin", async () => {
    const request = toWebhook({ id: "evt_1", object: "event" });
    const path = "/webhook/stripe";
    const loaded = await readPackagesOfCall({ target: "gateway", path, request, status: 400 });
    expect(loaded).toContain("stripe");
    expect(loaded).not.toContain("firebase-admin");
  });
});

/** The packages that a new process of a function loads until it has answered one request. */
async function readPackagesOfCall(call: {
  target: FunctionName;
  path?: string;
  request: Message;
  status: number;
}): Promise<string[]> {
  const list = join(createTestFolder(), "loaded");
  const served = await FunctionProcess.start(toDeployed(call.target), {
    ...toEnvironment({ ...suite, authHost: new URL(suite.authUrl).host }, { FUNCTIONS_EMULATOR: undefined }),
    ...toTracingEnvironment(list),
  });
  onTestFinished(async () => await served.kill());
  const answer = await send(`${served.url}${call.path ?? ""}`, call.request);
  expect(answer.status, answer.body).toBe(call.status);
  return toPackages(readLoadedSources(list));
}
