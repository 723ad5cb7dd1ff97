import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBuyer } from "../../functions/src/buyers/db.ts";
import { boundedPerUser, CALLS_AT_ONCE, withinLimit } from "../../functions/src/buyers/limits.ts";
import { CallError } from "../kit/hosting/calls.ts";
import { db } from "../kit/suite/harness.ts";
import { World } from "../kit/transport/world.ts";
import { WorldFunctions } from "../kit/transport/worldFunctions.ts";

const INSTANCES = 5;
const CONCURRENCY = 80;
const LIMIT = 60;
const MS_PER_HOUR = 3_600_000;

/** Rule 26: limits hold in bursts, and new checkouts are limited by the hour, since that is what tests stolen cards. */
describe("rule 26: limits hold in bursts", () => {
  let world: World;
  let instances: WorldFunctions[];

  beforeAll(async () => {
    world = await World.start();
    instances = await Promise.all(
      Array.from({ length: INSTANCES }, async () => {
        const started = await WorldFunctions.start(world, ["verifyPayment"], {
          MAX_CALLS_PER_MINUTE: String(LIMIT),
        });
        started.wire.gate.stripeMs = 200;
        return started;
      }),
    );
  }, 120_000);

  afterAll(async () => {
    await Promise.all(instances.map(async (instance) => await instance.kill()));
    await world.stop();
  });

  it("lets at most 100 of 400 calls at once reach the provider, and refuses the others at once", async () => {
    const userId = "burst";
    const calls = instances.flatMap((instance) => Array.from({ length: CONCURRENCY }, () => instance));
    const answers = await Promise.all(calls.map(async (instance) => await verifyUnknown(instance, userId)));
    const reached = answers.filter(({ status }) => status === "NOT_FOUND").length;
    const refused = answers.filter(({ status }) => status === "RESOURCE_EXHAUSTED");
    expect(reached + refused.length).toBe(INSTANCES * CONCURRENCY);
    expect(reached).toBeGreaterThan(0);
    expect(reached).toBeLessThanOrEqual(LIMIT + INSTANCES * CALLS_AT_ONCE);
    for (const { details } of refused) expect(details).toEqual({ retryAt: expect.any(String) });
    const asked = instances.flatMap(({ wire }) =>
      wire.gate.calls.filter(({ server }) => server === "stripe"),
    );
    expect(asked).toHaveLength(reached);
    const { callsByMinute } = await readBuyer(world.db, userId);
    expect(Object.values(callsByMinute).reduce((sum, count) => sum + count, 0)).toBe(reached);
  }, 60_000);

  it("lets the calls of other users and of the next moment through", async () => {
    const [instance] = instances;
    if (!instance) throw new Error("Expected an instance");
    const answers = await Promise.all(
      Array.from(
        { length: 2 * CALLS_AT_ONCE },
        async (_, number) => await verifyUnknown(instance, `calm_${number}`),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(["NOT_FOUND"]));
    for (let number = 0; number < CALLS_AT_ONCE; number += 1)
      expect((await verifyUnknown(instance, "patient")).status).toBe("NOT_FOUND");
  }, 60_000);
});

describe("rule 26: new checkouts are limited by the hour", () => {
  const noon = Date.UTC(2030, 0, 1, 12);
  const limits = { callsPerMinute: 100, checkoutsPerHour: 2, openSessions: 100 };

  async function call(userId: string, { at, opens }: { at: number; opens: boolean }): Promise<string> {
    const context = { db, limits, now: () => new Date(at) };
    const buyer = await readBuyer(db, userId);
    return await withinLimit(context, { userId, buyer, opens }, async () => "done");
  }

  it("refuses one more until the next hour, and nothing else", async () => {
    const userId = crypto.randomUUID();
    await call(userId, { at: noon, opens: true });
    await call(userId, { at: noon + MS_PER_HOUR - 1, opens: true });
    const retryAt = new Date(noon + MS_PER_HOUR);
    const third = call(userId, { at: noon + MS_PER_HOUR - 1, opens: true });
    await expect(third).rejects.toMatchObject({ code: "resource_exhausted", retryAt });
    expect(await call(userId, { at: noon + MS_PER_HOUR - 1, opens: false })).toBe("done");
    expect(await call(userId, { at: noon + MS_PER_HOUR, opens: true })).toBe("done");
    const { checkoutsByHour } = await readBuyer(db, userId);
    expect(checkoutsByHour).toEqual({ [noon / MS_PER_HOUR + 1]: 1 });
  });
});

describe("boundedPerUser", () => {
  it("frees the place of a call that fails", async () => {
    const run = boundedPerUser(async () => {
      throw new Error("Expected something else");
    });
    for (let number = 0; number < 2 * CALLS_AT_ONCE; number += 1)
      await expect(run({ userId: "user_1", email: undefined }, null)).rejects.toThrow(
        "Expected something else",
      );
  });
});

async function verifyUnknown(instance: WorldFunctions, userId: string): Promise<CallError> {
  const answer = await instance
    .call("verifyPayment", "cs_test_unknown", { userId })
    .catch((error: unknown) => error);
  if (answer instanceof CallError) return answer;
  throw new Error("Expected a refusal", { cause: answer });
}
