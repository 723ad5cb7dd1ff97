import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { suite } from "../kit/suite/harness.ts";
import { startOutside, type Outside } from "../kit/hosting/outside.ts";
import { toCall } from "../kit/hosting/requests.ts";
import type { Answer } from "../kit/hosting/send.ts";
import { Deployment } from "../kit/hosting/deployment.ts";
import { createSigner, toAppCheckClaims, toIdClaims } from "../kit/hosting/tokens.ts";
import { signWebhook } from "../kit/hosting/signature.ts";

const projectId = `${suite.projectId}-app-check`;
const claims = toAppCheckClaims(projectId);

let outside: Outside;
let deployed: Deployment;

describe.each(["true", "false"])("with ENFORCE_APP_CHECK=%s", (enforced) => {
  const isEnforced = enforced === "true";
  const refusedIfEnforced = isEnforced ? 401 : 404;

  beforeAll(async () => {
    outside = await startOutside();
    const variables = { ENFORCE_APP_CHECK: enforced };
    deployed = await Deployment.start({ settings: { ...suite, projectId }, outside, variables });
  });

  afterAll(async () => {
    await deployed.stop();
    outside.close();
  });

  it("a call of the app is answered", async () => {
    expect(await verifyUnknown(outside.google.sign(claims))).toMatchObject({ status: 404 });
  });

  it.each<[string, () => string | undefined]>([
    ["without a token", () => undefined],
    ["with a token that is none", () => "debug"],
    ["with a token of another key", () => createSigner("google-1").sign(claims)],
    ["with another project's token", () => outside.google.sign(toAppCheckClaims("another-project"))],
    ["with a token that has run out", () => outside.google.sign({ ...claims, exp: 1 })],
    ["with the user's token in its place", () => outside.google.sign(toIdClaims(projectId, "user_1"))],
  ])(`a call %s is answered with ${refusedIfEnforced}`, async (_, toToken) => {
    expect(await verifyUnknown(toToken())).toMatchObject({ status: refusedIfEnforced });
  });

  it(`every callable asks for the app${isEnforced ? "" : "'s user alone"}`, async () => {
    const callables = deployed.names.filter((name) => name !== "gateway");
    const answers = await Promise.all(callables.map(async (name) => await callWithoutApp(name)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(isEnforced ? callables.length : 0);
  });

  it("a webhook needs none", async () => {
    const body = "{}";
    const headers = { "content-type": "application/json", "stripe-signature": signWebhook(body) };
    const answer = await deployed.send("gateway", { path: "/webhook/stripe", headers, body });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining("the body is malformed") });
  });
});

async function verifyUnknown(appCheckToken: string | undefined): Promise<Answer> {
  const call = toCall("cs_test_unknown", { token: outside.google.sign(toIdClaims(projectId, "user_1")) });
  const headers = {
    ...call.headers,
    ...(appCheckToken !== undefined && { "x-firebase-appcheck": appCheckToken }),
  };
  return await deployed.send("verifyPayment", { ...call, headers });
}

/** Signed in, with input that every callable refuses once it looks at it. */
async function callWithoutApp(name: string): Promise<Answer> {
  const token = outside.google.sign(toIdClaims(projectId, "user_1"));
  return await deployed.send(name, toCall({ unknown: 1 }, { token }));
}
