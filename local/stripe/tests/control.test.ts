import { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startLocalStripe } from "../index.ts";
import { API_KEY, errorOf, sdkFor, startKit, type Kit } from "../testing/kit.ts";
import { createPrice, createSession } from "../testing/shop.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

async function fault(fields: object): Promise<void> {
  const { status } = await kit.control("faults", fields);
  expect(status).toBe(200);
}

async function customerCount(): Promise<number> {
  return (await kit.stripe.customers.list({ limit: 100 })).data.length;
}

const CREATE = "POST /v1/customers";

describe("faults", () => {
  it("answer an error to the next calls of a route, and only to those", async () => {
    await fault({ route: CREATE, fault: "error", times: 2 });
    const create = () => kit.stripe.customers.create({ name: "A" });
    expect(await errorOf(create())).toMatchObject({ statusCode: 500, rawType: "api_error" });
    await kit.stripe.products.create({ name: "A" });
    expect(await errorOf(create())).toBeInstanceOf(Stripe.errors.StripeAPIError);
    expect((await create()).object).toBe("customer");
    expect(await customerCount()).toBe(1);
  });

  it.each([
    [429, Stripe.errors.StripeRateLimitError, "rate_limit"],
    [409, Stripe.errors.StripeAPIError, "lock_timeout"],
    [503, Stripe.errors.StripeAPIError, undefined],
  ])("answer %i as Stripe does", async (status, kind, code) => {
    await fault({ route: CREATE, fault: "error", status });
    const error = await errorOf(kit.stripe.customers.create({}));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ statusCode: status, code });
  });

  /** Source: https://docs.stripe.com/rate-limits */
  it("say when to come back after too many requests, and after nothing else", async () => {
    await fault({ route: CREATE, fault: "error", status: 429, retryAfterSeconds: 7 });
    await fault({ route: CREATE, fault: "error", status: 503 });
    const limited = await errorOf(kit.stripe.customers.create({}));
    expect(limited).toMatchObject({
      rawType: "invalid_request_error",
      headers: { "retry-after": "7", "stripe-rate-limited-reason": "endpoint-rate" },
    });
    const outage = await errorOf(kit.stripe.customers.create({}));
    expect(outage).toMatchObject({ statusCode: 503 });
    expect(outage).not.toHaveProperty(["headers", "retry-after"]);
  });

  /** Sources: https://docs.stripe.com/keys/restricted-api-keys and https://docs.stripe.com/api/errors */
  it.each([
    [401, Stripe.errors.StripeAuthenticationError],
    [403, Stripe.errors.StripePermissionError],
  ])("answer %i for a number of calls of one route", async (status, kind) => {
    await fault({ route: CREATE, fault: "error", status, times: 2 });
    for (const _ of [1, 2]) expect(await errorOf(kit.stripe.customers.create({}))).toBeInstanceOf(kind);
    expect(await customerCount()).toBe(0);
    await kit.stripe.customers.create({});
  });

  it.each(["error", "reset", "timeout"])("lose the answer after the work was done: %s", async (kind) => {
    await fault({ route: CREATE, fault: kind, when: "after", match: "lost" });
    const stripe = sdkFor(kit.server, { timeout: 200, maxNetworkRetries: 2 });
    const customer = await stripe.customers.create(
      { name: "lost and found" },
      { idempotencyKey: `after-${kind}` },
    );
    expect(customer.lastResponse.headers["idempotent-replayed"]).toBe("true");
    expect(await customerCount()).toBe(1);
  });

  it.each(["error", "reset", "timeout"])("keep the work from being done: %s", async (kind) => {
    await fault({ route: CREATE, fault: kind, times: 2 });
    const stripe = sdkFor(kit.server, { timeout: 200 });
    const call = stripe.customers.create({}, { idempotencyKey: `before-${kind}` });
    const error = await errorOf(call);
    expect(error).toBeInstanceOf(
      kind === "error" ? Stripe.errors.StripeAPIError : Stripe.errors.StripeConnectionError,
    );
    expect(await customerCount()).toBe(0);
  });

  it("strike only calls with a matching value", async () => {
    const price = await createPrice(kit.stripe);
    await fault({ route: "POST /v1/checkout/sessions", fault: "error", match: "victim" });
    expect((await createSession(kit.stripe, { metadata: { user: "bystander" } })).status).toBe("open");
    const params = { line_items: [{ price: price.id, quantity: 1 }], metadata: { user: "victim-1" } };
    expect(await errorOf(createSession(kit.stripe, params))).toMatchObject({ statusCode: 500 });
    expect((await createSession(kit.stripe, params)).status).toBe("open");
  });

  it("accept a concrete path for its route", async () => {
    await fault({ route: "GET /v1/products/prod_1", fault: "error" });
    expect((await kit.control("faults")).json).toMatchObject({
      faults: [{ route: "GET /v1/products/:id", times: 1 }],
    });
    expect(await errorOf(kit.stripe.products.retrieve("prod_2"))).toMatchObject({ statusCode: 500 });
  });

  it.each([
    { route: "POST /v1/nothing", fault: "error" },
    { fault: "error" },
    { route: CREATE },
    { route: CREATE, fault: "explode" },
    { route: CREATE, fault: "error", status: 418 },
    { route: CREATE, fault: "error", times: 0 },
    { route: CREATE, fault: "error", status: 429, retryAfterSeconds: 0 },
    { route: CREATE, fault: "error", when: "during" },
    { route: CREATE, fault: "error", oops: 1 },
  ])("refuse %o", async (fields) => {
    expect(await kit.control("faults", fields)).toMatchObject({
      status: 400,
      json: { error: { message: expect.any(String) } },
    });
  });
});

describe("the clock", () => {
  it("moves forward and gives new objects their time", async () => {
    const before = await kit.stripe.customers.create({});
    await kit.control("clock", { advanceSeconds: 3600 });
    const after = await kit.stripe.customers.create({});
    expect(after.created - before.created).toBeGreaterThanOrEqual(3600);
    await kit.control("clock", { now: before.created + 100_000 });
    expect((await kit.control("clock")).json).toStrictEqual({ now: before.created + 100_000 });
  });

  it("refuses to go back, and anything unclear", async () => {
    const bodies = [{ now: 1 }, { advanceSeconds: -1 }, {}, { now: 2e9, advanceSeconds: 1 }, { now: "noon" }];
    for (const body of bodies) expect((await kit.control("clock", body)).status).toBe(400);
  });
});

describe("reset", () => {
  it("empties the account and forgets keys, faults, modes and time", async () => {
    await kit.stripe.customers.create({}, { idempotencyKey: "again" });
    await kit.control("clock", { advanceSeconds: 5000 });
    await kit.control("webhooks", { mode: "pause" });
    await fault({ route: CREATE, fault: "error" });
    await kit.control("reset", {});
    expect(await customerCount()).toBe(0);
    const customer = await kit.stripe.customers.create({ name: "other" }, { idempotencyKey: "again" });
    expect(Math.abs(customer.created - Date.now() / 1000)).toBeLessThan(5);
    expect((await kit.control("webhooks")).json).toStrictEqual({ modes: { "*": "normal" } });
    expect((await kit.control("events")).json).toMatchObject({ events: [{ type: "customer.created" }] });
  });
});

describe("the event log", () => {
  it("goes on after an event, and refuses one that is not there", async () => {
    const [first, second] = [await kit.stripe.customers.create({}), await kit.stripe.customers.create({})];
    const { data } = await kit.stripe.events.list({ type: "customer.created" });
    const [newest, oldest] = data;
    const log = async (query: string) => (await kit.control(`events?${query}`)).json;
    expect(await log("")).toMatchObject({ events: [{ data: { object: { id: first.id } } }, {}] });
    expect(await log(`after=${oldest?.id}`)).toMatchObject({
      events: [{ data: { object: { id: second.id } } }],
    });
    expect(await log(`after=${newest?.id}`)).toStrictEqual({ events: [] });
    expect(await kit.control("events?after=evt_none")).toMatchObject({ status: 404 });
  });
});

describe("the request log", () => {
  it("counts calls with their key, status and replay", async () => {
    await kit.stripe.customers.create({}, { idempotencyKey: "k" });
    await kit.stripe.customers.create({}, { idempotencyKey: "k" });
    await errorOf(kit.stripe.customers.retrieve("cus_no"));
    expect((await kit.control("requests?path=/v1/customers")).json).toMatchObject({
      requests: [
        {
          method: "POST",
          path: "/v1/customers",
          status: 200,
          idempotencyKey: "k",
          replayed: false,
          fault: null,
        },
        { method: "POST", path: "/v1/customers", status: 200, idempotencyKey: "k", replayed: true },
      ],
    });
    expect((await kit.control("requests?method=GET")).json).toMatchObject({
      requests: [{ path: "/v1/customers/cus_no", status: 404, idempotencyKey: null }],
    });
  });
});

describe("control input", () => {
  it("is refused clearly when it is unknown or malformed", async () => {
    const session = await createSession(kit.stripe);
    const path = `checkout/${session.id}/pay`;
    for (const body of [
      { cards: "4242" },
      { method: "cash" },
      { card: 4242 },
      [],
      { method: "bank_debit", card: "4" },
    ]) {
      expect((await kit.control(path, body)).status).toBe(400);
    }
    const broken = await fetch(`${kit.server.url}/_control/${path}`, { method: "POST", body: "{" });
    expect([broken.status, await broken.json()]).toStrictEqual([
      400,
      { error: { message: "Invalid body: not JSON" } },
    ]);
    expect(await kit.control("checkout/cs_test_no/pay", {})).toMatchObject({ status: 404 });
    expect(await kit.control("nothing", {})).toMatchObject({
      status: 404,
      json: { error: { message: expect.stringContaining("POST /_control/reset") } },
    });
  });

  it("expires a session, once", async () => {
    const session = await createSession(kit.stripe);
    expect(await kit.control(`checkout/${session.id}/expire`, {})).toMatchObject({
      status: 200,
      json: { status: "expired" },
    });
    expect(await kit.control(`checkout/${session.id}/expire`, {})).toMatchObject({ status: 400 });
    expect(await kit.control(`checkout/${session.id}/pay`, {})).toMatchObject({ status: 409 });
  });
});

describe("startLocalStripe", () => {
  it("fails when the port is taken", async () => {
    const options = { port: kit.server.port, apiKey: API_KEY, webhookEndpoints: [] };
    await expect(startLocalStripe(options)).rejects.toThrow("EADDRINUSE");
  });

  it("ends hanging requests at once when it is closed", async () => {
    const own = await startKit();
    await own.control("faults", { route: CREATE, fault: "timeout" });
    const hanging = errorOf(sdkFor(own.server, { timeout: 60_000 }).customers.create({}));
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    const start = performance.now();
    await own.close();
    expect(await hanging).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
