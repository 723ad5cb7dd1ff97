import { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { API_KEY, errorOf, sdkFor, startKit, type Kit } from "../testing/kit.ts";
import { createPrice, createSession, productOf } from "../testing/shop.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

async function raw(
  path: string,
  init: { method?: string; body?: BodyInit; headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  return fetch(kit.server.url + path, {
    ...init,
    headers: { authorization: `Bearer ${API_KEY}`, ...init.headers },
  });
}

async function postForm(path: string, body: string): Promise<object> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const response = await raw(path, { method: "POST", body, headers });
  return { status: response.status, ...(await response.json()) };
}

function idsOf({ data }: { data: readonly { id: string }[] }): string[] {
  return data.map(({ id }) => id);
}

async function createProducts(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    ids.unshift((await kit.stripe.products.create({ name: `P${number}` })).id);
  }
  return ids;
}

describe("authentication", () => {
  it("accepts the key as Bearer and as Basic", async () => {
    const basic = `Basic ${Buffer.from(`${API_KEY}:`).toString("base64")}`;
    expect((await raw("/v1/products")).status).toBe(200);
    expect((await raw("/v1/products", { headers: { authorization: basic } })).status).toBe(200);
  });

  it("refuses another key with 401 and shows only its ends", async () => {
    const error = await errorOf(sdkFor(kit.server, { apiKey: "sk_test_someoneelse1234" }).products.list());
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(error).toMatchObject({
      statusCode: 401,
      message: "Invalid API Key provided: sk_test_***********1234",
    });
  });

  it("refuses a request without a key with 401", async () => {
    const response = await raw("/v1/products", { headers: { authorization: "" } });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("did not provide an API key") },
    });
  });
});

describe("requests", () => {
  it("answers with the API version and a request id", async () => {
    const { lastResponse } = await kit.stripe.products.list();
    expect(lastResponse.apiVersion).toBe(Stripe.API_VERSION);
    expect(lastResponse.requestId).toMatch(/^req_\w{14}$/);
  });

  it("refuses an API version whose shapes it does not know", async () => {
    const response = await raw("/v1/products", { headers: { "stripe-version": "2020-08-27" } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
  });

  it("refuses an unknown URL, a known one with another method, and a resource it does not have", async () => {
    expect(await errorOf(kit.stripe.balance.retrieve())).toMatchObject({
      statusCode: 404,
      type: "StripeInvalidRequestError",
      message: expect.stringContaining("Unrecognized request URL (GET: /v1/balance)"),
    });
    expect((await raw("/v1/products", { method: "DELETE" })).status).toBe(404);
    expect((await raw("/v2/core/events")).status).toBe(404);
  });

  it("names every unknown parameter, at any depth", async () => {
    const body = new URLSearchParams({ name: "A", foo: "1", bar: "2" });
    expect(await (await raw("/v1/products", { method: "POST", body })).json()).toStrictEqual({
      error: {
        type: "invalid_request_error",
        message: "Received unknown parameters: foo, bar",
        code: "parameter_unknown",
        param: "foo",
      },
    });
    expect(
      await errorOf(createSession(kit.stripe, { payment_intent_data: { transfer_group: "g" } })),
    ).toMatchObject({ code: "parameter_unknown", param: "payment_intent_data[transfer_group]" });
  });

  it("refuses what it does not simulate, as Stripe refuses an unknown parameter", async () => {
    expect(await errorOf(createSession(kit.stripe, { automatic_tax: { enabled: true } }))).toMatchObject({
      statusCode: 400,
      code: "parameter_unknown",
      message: "Received unknown parameter: automatic_tax",
    });
  });

  it("refuses parameters of the wrong kind", async () => {
    expect(await postForm("/v1/products", "name=A&active=perhaps")).toMatchObject({
      status: 400,
      error: { param: "active" },
    });
    expect(await postForm("/v1/products", "name=")).toMatchObject({
      error: { code: "parameter_invalid_empty", param: "name" },
    });
    expect(await postForm("/v1/products", "name[a]=A")).toMatchObject({ error: { param: "name" } });
    expect(await postForm("/v1/products", "name=A&metadata=x")).toMatchObject({
      error: { message: "Invalid object" },
    });
    expect(await postForm("/v1/products", "name=A&images=x")).toMatchObject({
      error: { message: "Invalid array" },
    });
    expect(await postForm("/v1/prices", "currency=usd&unit_amount=1.5")).toMatchObject({
      error: { code: "parameter_invalid_integer", param: "unit_amount" },
    });
    expect(await postForm("/v1/prices", "currency=usd&unit_amount=-1")).toMatchObject({
      error: { param: "unit_amount" },
    });
    expect(await postForm("/v1/products", "a[b=1")).toMatchObject({ status: 400 });
  });

  it("refuses a JSON body", async () => {
    const response = await raw("/v1/products", {
      method: "POST",
      body: '{"name":"A"}',
      headers: { "content-type": "application/json" },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("content type") },
    });
  });

  it("refuses a body larger than a megabyte", async () => {
    const response = await raw("/v1/products", { method: "POST", body: "x".repeat(1024 * 1024 + 1) });
    expect(response.status).toBe(413);
  });

  it("decodes arrays with and without index", async () => {
    const body = "name=A&images[]=https://a.test/1.png&images[]=https://a.test/2.png";
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const product = await (await raw("/v1/products", { method: "POST", body, headers })).json();
    expect(product).toMatchObject({ images: ["https://a.test/1.png", "https://a.test/2.png"] });
  });

  it("keeps names that mean something to JavaScript out of objects", async () => {
    const body = "name=A&metadata[__proto__]=x&metadata[constructor]=y";
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await raw("/v1/products", { method: "POST", body, headers })).status).toBe(200);
    expect((await raw("/v1/products", { method: "POST", body: "name=A&__proto__=x", headers })).status).toBe(
      400,
    );
  });
});

describe("expand", () => {
  it("expands references along a path, also inside lists", async () => {
    const price = await createPrice(kit.stripe);
    await kit.stripe.products.update(productOf(price), { default_price: price.id });
    const { data } = await kit.stripe.products.list({ expand: ["data.default_price"] });
    expect(data[0]?.default_price).toMatchObject({ id: price.id, object: "price" });
    const session = await createSession(kit.stripe, { expand: ["line_items.data.price.product"] });
    expect(session.line_items?.data[0]?.price?.product).toMatchObject({
      object: "product",
      name: "Credit pack",
    });
  });

  it("leaves a reference that is not set as null", async () => {
    const session = await createSession(kit.stripe, { expand: ["payment_intent.latest_charge", "customer"] });
    expect(session).toMatchObject({ payment_intent: null, customer: null });
  });

  it("refuses what is no reference, and hints at data in a list", async () => {
    const session = await createSession(kit.stripe);
    const { sessions } = kit.stripe.checkout;
    expect(await errorOf(sessions.retrieve(session.id, { expand: ["metadata"] }))).toMatchObject({
      statusCode: 400,
      message: "This property cannot be expanded (metadata).",
    });
    expect((await errorOf(kit.stripe.products.list({ expand: ["default_price"] }))).message).toContain(
      "data.default_price",
    );
    expect((await errorOf(sessions.retrieve(session.id, { expand: ["constructor"] }))).message).toContain(
      "cannot be expanded (constructor)",
    );
    const deep = { expand: ["a.b.c.d.e"] };
    expect((await errorOf(kit.stripe.products.list(deep))).message).toContain("more than 4 levels");
  });
});

describe("lists", () => {
  it("pages forward and backward, newest first", async () => {
    const ids = await createProducts(12);
    const first = await kit.stripe.products.list();
    expect(idsOf(first)).toStrictEqual(ids.slice(0, 10));
    expect(first).toMatchObject({ object: "list", has_more: true, url: "/v1/products" });
    const second = await kit.stripe.products.list({ limit: 2, starting_after: ids[1] ?? "" });
    expect(idsOf(second)).toStrictEqual(ids.slice(2, 4));
    const back = await kit.stripe.products.list({ limit: 2, ending_before: ids[5] ?? "" });
    expect(idsOf(back)).toStrictEqual(ids.slice(3, 5));
    expect(back.has_more).toBe(true);
    expect((await kit.stripe.products.list({ limit: 5, ending_before: ids[2] ?? "" })).has_more).toBe(false);
    expect((await kit.stripe.products.list({ limit: 12 })).has_more).toBe(false);
  });

  it("feeds the SDK's automatic paging", async () => {
    const ids = await createProducts(7);
    const all = await kit.stripe.products.list({ limit: 3 }).autoPagingToArray({ limit: 100 });
    expect(all.map(({ id }) => id)).toStrictEqual(ids);
  });

  it("refuses a limit out of range, two cursors, and a cursor to nothing", async () => {
    const [id = ""] = await createProducts(1);
    const { products } = kit.stripe;
    expect((await errorOf(products.list({ limit: 101 }))).message).toContain("less than or equal to 100");
    expect((await errorOf(products.list({ limit: 0 }))).message).toContain("greater than or equal to 1");
    expect((await errorOf(products.list({ starting_after: id, ending_before: id }))).code).toBe(
      "parameters_exclusive",
    );
    expect(await errorOf(products.list({ starting_after: "prod_no" }))).toMatchObject({
      code: "resource_missing",
      param: "starting_after",
    });
  });

  it("filters by time of creation", async () => {
    const [old = ""] = await createProducts(1);
    await kit.control("clock", { advanceSeconds: 100 });
    const [young = ""] = await createProducts(1);
    const { created } = await kit.stripe.products.retrieve(young);
    expect(idsOf(await kit.stripe.products.list({ created: { gte: created } }))).toStrictEqual([young]);
    expect(idsOf(await kit.stripe.products.list({ created: { lt: created } }))).toStrictEqual([old]);
    expect(idsOf(await kit.stripe.products.list({ created }))).toStrictEqual([young]);
    expect(idsOf(await kit.stripe.products.list({ created: { gt: created } }))).toStrictEqual([]);
  });
});
