import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { suite } from "../kit/suite/harness.ts";
import { startOutside, type Outside } from "../kit/hosting/outside.ts";
import { toCall } from "../kit/hosting/requests.ts";
import { Deployment } from "../kit/hosting/deployment.ts";
import { toIdClaims } from "../kit/hosting/tokens.ts";
import { signWebhook } from "../kit/hosting/signature.ts";

const projectId = `${suite.projectId}-settings`;

describe("in the cloud", () => {
  let outside: Outside;
  let elsewhere: Outside;
  let deployed: Deployment;

  beforeAll(async () => {
    outside = await startOutside();
    elsewhere = await startOutside();
    deployed = await Deployment.start({
      settings: { ...suite, projectId, stripeUrl: `http://127.0.0.1:${elsewhere.port}` },
      outside,
      variables: { FUNCTIONS_EMULATOR: undefined, STRIPE_WEBHOOK_SECRET: "" },
    });
  });

  afterAll(async () => {
    await deployed.stop();
    outside.close();
    elsewhere.close();
  });

  it("the API key goes to Stripe alone, whatever STRIPE_API_BASE_URL says", async () => {
    const token = outside.google.sign(toIdClaims(projectId, "user_1"));
    await deployed.send("createPaymentSession", toCall({ productId: "prod_1" }, { token }));
    expect(outside.asked).toContain("api.stripe.com/v1/products/prod_1");
    expect(elsewhere.asked).toEqual([]);
  });

  it("a webhook is neither believed nor refused while its secret is missing, so that it comes again", async () => {
    const body = "{}";
    for (const secret of ["", "undefined", suite.webhookSecret]) {
      const headers = {
        "content-type": "application/json",
        "stripe-signature": signWebhook(body, { secret }),
      };
      expect(await deployed.send("gateway", { path: "/webhook/stripe", headers, body })).toMatchObject({
        status: 500,
      });
    }
  });
});
