import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Deployment } from "../kit/hosting/deployment.ts";
import { startOutside, type Outside } from "../kit/hosting/outside.ts";
import { toCall } from "../kit/hosting/requests.ts";
import { toIdClaims } from "../kit/hosting/tokens.ts";
import { suite } from "../kit/suite/suite.ts";

const projectId = `${suite.projectId}-claim`;

/** Rule 33: the claim that makes an admin is a param. https://firebase.google.com/docs/auth/admin/custom-claims */
describe("rule 33: with ADMIN_CLAIM", () => {
  let outside: Outside;
  let deployed: Deployment;

  beforeAll(async () => {
    outside = await startOutside();
    const variables = { ADMIN_CLAIM: "billing" };
    deployed = await Deployment.start({ settings: { ...suite, projectId }, outside, variables });
  });

  afterAll(async () => {
    await deployed.stop();
    outside.close();
  });

  it.each<[object, number]>([
    [{ billing: true }, 404],
    [{ billing: true, admin: false }, 404],
    [{ admin: true }, 403],
    [{ billing: "true" }, 403],
    [{ Billing: true }, 403],
    [{}, 403],
  ])("the claims %j are answered with %i", async (claims, status) => {
    const token = outside.google.sign({ ...toIdClaims(projectId, "user_1"), ...claims });
    const answer = await deployed.send("redriveEvent", toCall({ eventId: "evt_none" }, { token }));
    expect(answer.status).toBe(status);
  });

  it("the refusal names the claim", async () => {
    const token = outside.google.sign({ ...toIdClaims(projectId, "user_1"), admin: true });
    const { body } = await deployed.send("redriveEvent", toCall({ eventId: "evt_none" }, { token }));
    expect(body).toContain("Requires the custom claim billing: true");
  });
});
