import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { suite } from "../kit/suite/harness.ts";
import { startOutside, type Outside } from "../kit/hosting/outside.ts";
import { toCall } from "../kit/hosting/requests.ts";
import type { Answer } from "../kit/hosting/send.ts";
import { Deployment } from "../kit/hosting/deployment.ts";
import { createSigner, toIdClaims, toSigned } from "../kit/hosting/tokens.ts";

// No emulator is asked here: firebase-admin verifies each token with the public keys it fetches.

const projectId = `${suite.projectId}-tokens`;
const claims = toIdClaims(projectId, "user_1");
const now = Math.floor(Date.now() / 1000);

let outside: Outside;
let deployed: Deployment;

beforeAll(async () => {
  // The keys are asked for each time, so that a test can take them away.
  outside = await startOutside({ maxAgeSeconds: 0 });
  deployed = await Deployment.start({ settings: { ...suite, projectId }, outside });
});

afterAll(async () => {
  await deployed.stop();
  outside.close();
});

describe("an ID token", () => {
  it("of Google's key for this project is accepted", async () => {
    expect(await verifyUnknown(outside.google.sign(claims))).toMatchObject({ status: 404 });
  });

  const stranger = createSigner("google-1");

  it.each<[string, () => string]>([
    ["signed by another key under the name of Google's", () => stranger.sign(claims)],
    ["signed by a key nobody knows", () => createSigner("other").sign(claims)],
    ["whose key's name is one of every object", () => outside.google.sign(claims, { kid: "constructor" })],
    ["that names no key", () => outside.google.sign(claims, { kid: undefined })],
    [
      "with no signature and no algorithm",
      () => `${toSigned(claims, { alg: "none", kid: outside.google.kid })}.`,
    ],
    ["as the Auth emulator makes it", () => `${toSigned(claims, { alg: "none", typ: "JWT" })}.`],
    ["with another algorithm's name", () => outside.google.sign(claims, { alg: "RS512" })],
    ["signed with the public key as a shared secret", signWithPublicKey],
    ["that has run out", () => signWith({ exp: now - 1 })],
    ["that is not valid yet", () => signWith({ nbf: now + 600 })],
    ["for another project", () => outside.google.sign(toIdClaims("another-project", "user_1"))],
    ["with another project as its audience", () => signWith({ aud: "another-project" })],
    ["with several audiences", () => signWith({ aud: [projectId, "another-project"] })],
    ["of another issuer", () => signWith({ iss: "https://securetoken.google.com/another-project" })],
    [
      "of a session cookie's issuer",
      () => signWith({ iss: `https://session.firebase.google.com/${projectId}` }),
    ],
    ["of nobody", () => signWith({ sub: "" })],
    ["of a user who is no text", () => signWith({ sub: 1 })],
    ["of a user whose id is too long", () => signWith({ sub: "u".repeat(129) })],
    ["with the signature of another", () => withSignatureOf(signWith({ sub: "user_2" }))],
    ["cut short", () => outside.google.sign(claims).slice(0, -8)],
    ["without its signature", () => outside.google.sign(claims).split(".").slice(0, 2).join(".")],
    ["that is none", () => "user_1"],
    ["that is empty", () => ""],
  ])("%s is refused, and the answer does not say why", async (_, toToken) => {
    expectUnauthenticated(await verifyUnknown(toToken()));
  });

  it.each(["Basic dXNlcl8xOg==", "Bearer", "Token user_1", "user_1"])(
    "is not looked for in the header %j",
    async (authorization) => {
      const call = toCall("cs_test_unknown");
      const headers = { ...call.headers, authorization };
      expectUnauthenticated(await deployed.send("verifyPayment", { ...call, headers }));
    },
  );

  it.each([
    "a/b",
    "user_2/grants/1",
    "https://steamcommunity.com/openid/id/1",
    "..",
    "__user__",
    "user\ud800",
  ])("of a user %j, who can have no document, is refused", async (sub) => {
    const token = signWith({ sub, admin: true });
    const inputs = { verifyPayment: "cs_test_unknown", createPortalSession: {}, cancelSubscription: {} };
    for (const [name, input] of Object.entries(inputs)) {
      const { status, body } = await deployed.send(name, toCall(input, { token }));
      expect([status, body]).toEqual([400, expect.stringContaining("FAILED_PRECONDITION")]);
    }
  });

  it("is refused while Google's keys cannot be had", async () => {
    outside.isDown = true;
    const refused = await verifyUnknown(outside.google.sign(claims));
    outside.isDown = false;
    expectUnauthenticated(refused);
    expect(await verifyUnknown(outside.google.sign(claims))).toMatchObject({ status: 404 });
  });
});

describe("the claim of an admin", () => {
  it.each<[unknown, number]>([
    [true, 404],
    ["true", 403],
    [1, 403],
    [{}, 403],
    [[true], 403],
    [null, 403],
  ])("%j is answered with %j", async (admin, status) => {
    const token = signWith({ admin });
    expect(await deployed.send("redriveEvent", toCall({ eventId: "evt_none" }, { token }))).toMatchObject({
      status,
    });
  });

  it.each([{ Admin: true }, { claims: { admin: true } }, { "admin ": true }, { firebase: { admin: true } }])(
    "does not count in %j",
    async (other) => {
      const token = signWith(other);
      const answer = await deployed.send("redriveEvent", toCall({ eventId: "evt_none" }, { token }));
      expect(answer).toMatchObject({ status: 403 });
    },
  );
});

async function verifyUnknown(token: string): Promise<Answer> {
  return await deployed.send("verifyPayment", toCall("cs_test_unknown", { token }));
}

function expectUnauthenticated({ status, body }: Answer): void {
  expect({ status, body: JSON.parse(body) }).toMatchObject({
    status: 401,
    body: {
      error: {
        status: "UNAUTHENTICATED",
        message: expect.stringMatching(/^(?:Unauthenticated|Expected a signed-in user)$/),
      },
    },
  });
}

function signWith(changed: object): string {
  return outside.google.sign({ ...claims, ...changed });
}

function withSignatureOf(other: string): string {
  const [header, payload] = outside.google.sign(claims).split(".");
  return [header, payload, other.split(".")[2]].join(".");
}

/** The forgery against verifiers that take the algorithm from the token. */
function signWithPublicKey(): string {
  const { kid, publicPem } = outside.google;
  const signed = toSigned(claims, { alg: "HS256", typ: "JWT", kid });
  return `${signed}.${createHmac("sha256", publicPem).update(signed).digest("base64url")}`;
}
