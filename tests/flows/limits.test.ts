import { describe, expect, it } from "vitest";
import { GatewayClientError } from "../../client/index.ts";
import { countCall, readBuyer } from "../../functions/src/buyers/db.ts";
import { withinLimit } from "../../functions/src/buyers/limits.ts";
import { control, createProduct, db, signUp, type TestUser } from "../kit/suite/harness.ts";
import { eventually } from "../kit/eventually.ts";

const MAX_CALLS_PER_MINUTE = 60;
const MAX_OPEN_SESSIONS = 20;
const MS_PER_MINUTE = 60_000;

describe("the calls of one user", () => {
  it("are refused beyond those of a minute, saying when the next one begins", async () => {
    const user = await signUp();
    const startedAt = Date.now();
    const { error, accepted } = await untilRefused(user);
    expect(error).toMatchObject({ code: "resource-exhausted", retryable: true });
    expect(accepted).toBeGreaterThanOrEqual(MAX_CALLS_PER_MINUTE);
    const { retryAt } = error;
    expect(retryAt?.getTime()).toBeGreaterThan(startedAt);
    expect(retryAt?.getTime()).toBeLessThanOrEqual(Date.now() + MS_PER_MINUTE);
    const another = await signUp();
    await expect(verifyUnknown(another)).rejects.toMatchObject({ code: "not-found" });
  });

  it("are counted anew with each minute", async () => {
    const userId = crypto.randomUUID();
    const limits = { callsPerMinute: 2, checkoutsPerHour: 1, openSessions: 1 };
    const call = async (at: number) => {
      const context = { db, limits, now: () => new Date(at) };
      return await withinLimit(context, { userId, buyer: await readBuyer(db, userId) }, async () => at);
    };
    const noon = Date.UTC(2030, 0, 1, 12);
    expect(await call(noon)).toBe(noon);
    expect(await call(noon + MS_PER_MINUTE - 1)).toBe(noon + MS_PER_MINUTE - 1);
    const retryAt = new Date(noon + MS_PER_MINUTE);
    await expect(call(noon + MS_PER_MINUTE - 1)).rejects.toMatchObject({ retryAt });
    expect(await call(noon + MS_PER_MINUTE)).toBe(noon + MS_PER_MINUTE);
    const { callsByMinute } = await readBuyer(db, userId);
    expect(callsByMinute).toEqual({ [noon / MS_PER_MINUTE + 1]: 1 });
  });

  it("are counted before they are refused, too", async () => {
    const userId = crypto.randomUUID();
    const limits = { callsPerMinute: 2, checkoutsPerHour: 1, openSessions: 1 };
    const context = { db, limits, now: () => new Date() };
    const refused = withinLimit(context, { userId, buyer: await readBuyer(db, userId) }, async () => {
      throw new Error("Expected something else");
    });
    await expect(refused).rejects.toThrow("Expected something else");
    expect(Object.values((await readBuyer(db, userId)).callsByMinute)).toEqual([1]);
  });

  it("are all counted, also at once, and in the first moment of a minute", async () => {
    const userId = crypto.randomUUID();
    const now = new Date();
    const count = async (minute: number, times: number) => {
      const call = {
        userId,
        buyer: await readBuyer(db, userId),
        tenantId: undefined,
        minute,
        hour: undefined,
        now,
      };
      await Promise.all(Array.from({ length: times }, async () => await countCall(db, call)));
      return (await readBuyer(db, userId)).callsByMinute;
    };
    expect(await count(1, 20)).toEqual({ 1: 20 });
    expect(await count(2, 20)).toEqual({ 2: 20 });
    expect(await count(2, 1)).toEqual({ 2: 21 });
  });
});

describe("the open checkouts of one user", () => {
  it("are refused beyond the limit until one is paid, but never a repeated call", async () => {
    const user = await signUp();
    const productId = await createProduct();
    const open = async (requestId?: string) =>
      await user.functionProvider.run("createPaymentSession", {
        productId,
        ...(requestId !== undefined && { requestId }),
      });
    const requestId = crypto.randomUUID();
    const first = await open(requestId);
    const others: string[] = [];
    for (let index = 1; index < MAX_OPEN_SESSIONS; index += 1) others.push((await open()).sessionId);
    const refused = await open().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "resource-exhausted",
      retryAt: new Date(first.expiresAt),
    });
    expect(await open(requestId)).toEqual(first);
    await expect(open(crypto.randomUUID())).rejects.toMatchObject({ code: "resource-exhausted" });
    await control.pay(first.sessionId);
    const next = await eventually(async () => await open());
    const { openSessions } = await readBuyer(db, user.uid);
    expect(Object.keys(openSessions).toSorted()).toEqual([...others, next.sessionId].toSorted());
  });

  it("are open no longer when their time is over", async () => {
    const user = await signUp();
    const productId = await createProduct();
    const openSessions = Object.fromEntries(
      Array.from({ length: MAX_OPEN_SESSIONS }, (_, index) => [
        `cs_test_over${index}`,
        { provider: "stripe", requestId: null, expiresAt: new Date(Date.now() - 1) },
      ]),
    );
    await db.collection("customers").doc(user.uid).set({ openSessions });
    const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
    expect(Object.keys((await readBuyer(db, user.uid)).openSessions)).toEqual([sessionId]);
  });
});

/** Asks the provider for a session that does not exist until that is refused. */
async function untilRefused(user: TestUser): Promise<{ error: GatewayClientError; accepted: number }> {
  for (let accepted = 0; accepted <= 2 * MAX_CALLS_PER_MINUTE; accepted += 1) {
    const error: unknown = await verifyUnknown(user).catch((refusal: unknown) => refusal);
    if (!(error instanceof GatewayClientError)) throw new Error("Expected a refusal", { cause: error });
    if (error.code !== "not-found") return { error, accepted };
  }
  throw new Error("No call was refused");
}

async function verifyUnknown({ functionProvider }: TestUser): Promise<unknown> {
  return await functionProvider.run("verifyPayment", "cs_test_unknown");
}
