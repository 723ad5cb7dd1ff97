import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireCallRefused, requireDeliveryAnswered } from "./answers.ts";
import { anyAttempt, toEdgeAttempts, toMessage, toRefusal, type Attempt } from "./calls.ts";
import { anyDelivery, toDeliveryAnswer, toDeliveryMessage, type Delivery } from "./deliveries.ts";
import { foreignBody } from "./events.ts";
import { contracts } from "./model.ts";
import { rightSignature, signatures } from "./signatures.ts";
import { wireFaults } from "./wires.ts";
import { openTarget, type Target } from "./target.ts";

/** How many inputs are made up: a few thousand in every test run, more if FUZZ_INPUTS says so. */
const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? 2_000);
const LIMIT_MS = 60_000 + INPUTS * 30;

const counts = { callables: new Map<string, number>(), webhook: new Map<string, number>() };

let target: Target;
let before: object;

beforeAll(async () => {
  target = await openTarget();
  before = await target.readState();
});

afterAll(async () => {
  await target.close();
  for (const [what, codes] of Object.entries(counts)) console.log(toSummary(what, codes));
});

describe("the fuzzer", () => {
  it("knows every function that can be asked", () => {
    expect(target.deployed.names.toSorted()).toEqual([...Object.keys(contracts), "gateway"].toSorted());
  });
});

describe("bad input", () => {
  it.each(wireFaults)("that is $label is refused by a callable", async (fault) => {
    await expectCallRefused({
      name: "verifyPayment",
      caller: { kind: "nobody", index: 0 },
      data: "cs_1",
      fault,
      isStream: false,
    });
  });

  it("just beyond a field's limits is refused", async () => {
    const attempts = toEdgeAttempts(target.seeded);
    expect(attempts.length).toBeGreaterThan(50);
    for (const attempt of attempts) await expectCallRefused(attempt);
  });

  it("gets the right refusal at every callable", { timeout: LIMIT_MS }, async () => {
    await expectForEach(anyAttempt(target.seeded), { holds: expectCallRefused, share: 0.75 });
  });

  it.each([...signatures, rightSignature])(
    "with a signature $label meets its answer at the webhook",
    async (signature) => {
      const delivery = {
        path: "/webhook/stripe",
        method: "POST",
        contentType: "application/json",
        body: foreignBody,
      };
      await expectDeliveryAnswered({ ...delivery, signature });
    },
  );

  it("gets the right refusal at the webhook", { timeout: LIMIT_MS }, async () => {
    await expectForEach(anyDelivery, { holds: expectDeliveryAnswered, share: 0.25 });
  });
});

describe("after all of it", () => {
  it("nothing is written, and nothing is changed at the provider", async () => {
    expect(await target.readState()).toEqual(before);
  });

  it("no secret is in the log, and no bug", () => {
    const log = target.deployed.log;
    expect(log).toContain("Call refused");
    expect(target.findLeaks()).toEqual([]);
    const bugs = [...log.matchAll(/Unhandled error|Webhook failed/g)];
    expect(bugs.map(({ index }) => log.slice(Math.max(0, index - 200), index + 500))).toEqual([]);
  });

  it("the functions still sell, which is seen in the database and at the provider", async () => {
    await target.buy();
    expect(await target.readState()).not.toEqual(before);
  });
});

/** A failure comes with the seed and the path that lead to it, and with the smallest input found. */
async function expectForEach<T>(
  inputs: fc.Arbitrary<T>,
  { holds, share }: { holds: (input: T) => Promise<void>; share: number },
): Promise<void> {
  await fc.assert(fc.asyncProperty(inputs, holds), { numRuns: Math.ceil(INPUTS * share) });
}

async function expectCallRefused(attempt: Attempt): Promise<void> {
  const expected = toRefusal(attempt, target.seeded);
  if (!expected) throw new Error(`Cannot refuse a call of "${attempt.name}": nothing is wrong with it`);
  requireCallRefused(await target.deployed.send(attempt.name, toMessage(attempt, target.tokens)), expected);
  count(counts.callables, expected.code ?? `unreadable ${expected.status}`);
}

async function expectDeliveryAnswered(delivery: Delivery): Promise<void> {
  const expected = toDeliveryAnswer(delivery);
  const answer = await target.deployed.send("gateway", toDeliveryMessage(delivery, target.secrets));
  requireDeliveryAnswered(answer, expected);
  count(counts.webhook, expected.isUnreadable ? `unreadable ${expected.status}` : String(expected.status));
}

function count(codes: Map<string, number>, code: string): void {
  codes.set(code, (codes.get(code) ?? 0) + 1);
}

function toSummary(what: string, codes: ReadonlyMap<string, number>): string {
  const inputs = [...codes.values()].reduce((sum, number) => sum + number, 0);
  const parts = [...codes].toSorted(([, a], [, b]) => b - a).map(([code, number]) => `${code} ${number}`);
  return `Fuzzed ${what} with ${inputs} inputs: ${parts.join(", ")}`;
}
