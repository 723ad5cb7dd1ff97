import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { control, createProduct, suite } from "../kit/suite/harness.ts";
import { startOutside, type Outside } from "../kit/hosting/outside.ts";
import { toCall } from "../kit/hosting/requests.ts";
import type { Answer } from "../kit/hosting/send.ts";
import { Deployment } from "../kit/hosting/deployment.ts";
import { toIdClaims } from "../kit/hosting/tokens.ts";

const projectId = `${suite.projectId}-discretion`;
const email = "not-an-address of somebody";
const wrongKey = "sk_test_of_another_account";

let outside: Outside;

describe("what the provider says about an error", () => {
  let deployed: Deployment;
  let productId: string;

  beforeAll(async () => {
    outside = await startOutside();
    deployed = await Deployment.start({ settings: { ...suite, projectId }, outside });
    productId = await createProduct();
  });

  afterAll(async () => await deployed.stop());

  it("stays out of the answer and the log, where it quotes the e-mail address", async () => {
    const answer = await create(deployed, { productId, email });
    expect(answer).toMatchObject({ status: 200, body: expect.not.stringContaining("not-an-address") });
    expect(deployed.log).not.toMatch(/Invalid email|not-an-address/);
  });

  it("stays out of the answer while it is down", async () => {
    const fault = {
      route: "POST /v1/checkout/sessions",
      times: 3,
      fault: "error",
      status: 500,
      match: "user_1",
    } as const;
    await control.addFault(fault);
    expect(await create(deployed, { productId })).toMatchObject({
      status: 503,
      body: expect.not.stringMatching(/unknown error|api_error|Stripe/),
    });
  });
});

describe("what the provider says about a key it does not accept", () => {
  let deployed: Deployment;

  beforeAll(async () => {
    const variables = { STRIPE_SECRET_KEY: wrongKey };
    deployed = await Deployment.start({ settings: { ...suite, projectId }, outside, variables });
  });

  afterAll(async () => {
    await deployed.stop();
    outside.close();
  });

  it("stays out of the answer and the log, where it quotes a part of the key", async () => {
    const answer = await create(deployed, { productId: "prod_1" });
    expect(answer).toMatchObject({
      status: 503,
      body: JSON.stringify({
        error: {
          message: 'Cannot read product "prod_1": payments are not configured, try again later',
          status: "UNAVAILABLE",
        },
      }),
    });
    expect(deployed.log).toContain("StripeAuthenticationError");
    expect(deployed.log).not.toMatch(/Invalid API Key|sk_test/);
  });
});

async function create(
  deployed: Deployment,
  { productId, email: address }: { productId: string; email?: string },
): Promise<Answer> {
  const token = outside.google.sign(toIdClaims(projectId, "user_1", { email: address }));
  return await deployed.send("createPaymentSession", toCall({ productId }, { token }));
}
