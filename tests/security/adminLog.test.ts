import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Deployment } from "../kit/hosting/deployment.ts";
import { startOutside, type Outside } from "../kit/hosting/outside.ts";
import { toCall } from "../kit/hosting/requests.ts";
import type { Answer } from "../kit/hosting/send.ts";
import { toIdClaims } from "../kit/hosting/tokens.ts";
import { connectFirestore, suite } from "../kit/suite/harness.ts";

const projectId = `${suite.projectId}-admin-log`;
const email = "somebody@never-logged.example";

/** What the log says of an admin's action: who, what, on whom, why, and how it ended. */
describe("an admin's action", () => {
  const db = connectFirestore({ projectId });
  let outside: Outside;
  let deployed: Deployment;

  beforeAll(async () => {
    outside = await startOutside();
    deployed = await Deployment.start({ settings: { ...suite, projectId }, outside });
  });

  afterAll(async () => {
    await deployed.stop();
    outside.close();
    await db.terminate();
  });

  async function act(input: object, claims: object = { admin: true }): Promise<Answer> {
    const token = outside.google.sign({ ...toIdClaims(projectId, "root"), ...claims });
    return await deployed.send("gatewayAdmin", toCall(input, { token }));
  }

  /** The lines about one reason. */
  function readLines(reason: string): unknown[] {
    return deployed.log
      .split("\n")
      .filter((line) => line.includes(reason))
      .map((line): unknown => JSON.parse(line));
  }

  it("is logged when it is done, without what is personal", async () => {
    const customer = { customerId: "cus_1", email };
    await db.doc("customers/user_1").set({ providers: { stripe: customer } });
    const { status, body } = await act({ action: "readUser", userId: "user_1", reason: `Done for ${email}` });
    expect([status, body.includes(email)]).toEqual([200, true]);
    expect(readLines("Done for")).toMatchObject([
      {
        severity: "INFO",
        message: "Admin action",
        by: "root",
        action: "readUser",
        userId: "user_1",
        reason: "Done for …@…",
        outcome: "done",
      },
    ]);
    expect(deployed.log).not.toContain("never-logged");
  });

  it("is logged when it is refused", async () => {
    const reason = "Refused for good";
    expect((await act({ action: "thaw", paymentId: "stripe_pi_none", reason })).status).toBe(404);
    expect(readLines(reason)).toMatchObject([
      {
        severity: "WARNING",
        by: "root",
        action: "thaw",
        paymentId: "stripe_pi_none",
        outcome: "refused",
        code: "not_found",
      },
    ]);
  });

  it("is logged when it fails", async () => {
    await db.doc("payments/stripe_pi_broken").set({ userId: "user_1" });
    const reason = "Failed for a bug";
    expect((await act({ action: "thaw", paymentId: "stripe_pi_broken", reason })).status).toBe(500);
    expect(readLines(reason)).toMatchObject([
      { severity: "WARNING", by: "root", paymentId: "stripe_pi_broken", outcome: "failed" },
    ]);
  });

  it("of somebody who is no admin is refused before anything else", async () => {
    const reason = "Never said";
    expect((await act({ action: "thaw", paymentId: "stripe_pi_broken", reason }, {})).status).toBe(403);
    expect((await act({ action: "nonsense" }, {})).status).toBe(403);
    expect(readLines(reason)).toEqual([]);
    expect(deployed.log).toContain("Requires the custom claim admin: true");
  });
});
