import { setTimeout as sleep } from "node:timers/promises";
import { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { API_KEY, errorOf, sdkFor, startKit, type Kit } from "../testing/kit.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

async function countCustomers(): Promise<number> {
  return (await kit.stripe.customers.list({ limit: 100 })).data.length;
}

describe("idempotency keys", () => {
  it("repeat the first answer for the same request and say so", async () => {
    const key = { idempotencyKey: "k1" };
    const first = await kit.stripe.customers.create({ name: "A", metadata: { a: "1", b: "2" } }, key);
    const second = await kit.stripe.customers.create({ metadata: { b: "2", a: "1" }, name: "A" }, key);
    expect(second).toStrictEqual(first);
    expect(first.lastResponse.headers["idempotent-replayed"]).toBeUndefined();
    expect(second.lastResponse.headers).toMatchObject({
      "idempotent-replayed": "true",
      "idempotency-key": "k1",
      "original-request": first.lastResponse.requestId,
    });
    expect(await countCustomers()).toBe(1);
  });

  it("refuse other parameters and another endpoint", async () => {
    const key = { idempotencyKey: "k2" };
    await kit.stripe.customers.create({ name: "A" }, key);
    const error = await errorOf(kit.stripe.customers.create({ name: "B" }, key));
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(error).toMatchObject({ statusCode: 400, rawType: "idempotency_error" });
    expect((await errorOf(kit.stripe.products.create({ name: "A" }, key))).message).toContain(
      "same endpoint",
    );
    expect(await countCustomers()).toBe(1);
  });

  it("repeat the error of an executed request", async () => {
    const key = { idempotencyKey: "k3" };
    await kit.stripe.products.create({ id: "taken", name: "A" });
    const create = () => errorOf(kit.stripe.products.create({ id: "taken", name: "B" }, key));
    expect(await create()).toMatchObject({ code: "resource_already_exists" });
    expect((await create()).headers?.["idempotent-replayed"]).toBe("true");
  });

  it("do not remember a request whose parameters were refused", async () => {
    const headers = {
      authorization: `Bearer ${API_KEY}`,
      "idempotency-key": "k4",
      "content-type": "application/x-www-form-urlencoded",
    };
    const post = (body: string) => fetch(`${kit.server.url}/v1/customers`, { method: "POST", headers, body });
    expect((await post("nonsense=1")).status).toBe(400);
    expect((await post("name=A")).status).toBe(200);
  });

  it("answer 409 while the first request with the key still runs", async () => {
    await kit.control("faults", { route: "POST /v1/customers", fault: "delay", delayMs: 150 });
    const key = { idempotencyKey: "k5" };
    const first = kit.stripe.customers.create({ name: "A" }, key);
    await sleep(50);
    expect(await errorOf(kit.stripe.customers.create({ name: "A" }, key))).toMatchObject({
      statusCode: 409,
      code: "idempotency_key_in_use",
    });
    const { id } = await first;
    expect((await kit.stripe.customers.create({ name: "A" }, key)).id).toBe(id);
  });

  it("let the SDK's own retries wait for the first request", async () => {
    await kit.control("faults", { route: "POST /v1/customers", fault: "delay", delayMs: 150 });
    const patient = sdkFor(kit.server, { maxNetworkRetries: 3 });
    const key = { idempotencyKey: "k6" };
    const [a, b] = await Promise.all([
      patient.customers.create({ name: "A" }, key),
      patient.customers.create({ name: "A" }, key),
    ]);
    expect(a.id).toBe(b.id);
    expect(await countCustomers()).toBe(1);
  });

  it("make one object of a hundred requests at once", async () => {
    const patient = sdkFor(kit.server, { maxNetworkRetries: 2 });
    const made = await Promise.all(
      Array.from({ length: 100 }, () => patient.customers.create({ name: "A" }, { idempotencyKey: "k7" })),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  });

  it("are forgotten after a day", async () => {
    const key = { idempotencyKey: "k8" };
    const first = await kit.stripe.customers.create({ name: "A" }, key);
    await kit.control("clock", { advanceSeconds: 24 * 60 * 60 });
    const second = await kit.stripe.customers.create({ name: "A" }, key);
    expect(second.id).not.toBe(first.id);
  });

  it("may not be longer than 255 characters", async () => {
    const call = kit.stripe.customers.create({ name: "A" }, { idempotencyKey: "k".repeat(256) });
    expect(await errorOf(call)).toMatchObject({ statusCode: 400 });
  });
});
