import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { idOf } from "../objects/store/store.ts";
import { errorOf, untilTrue, startKit, type Kit } from "../testing/kit.ts";
import { createPrice, createSession, productOf } from "../testing/shop.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

const HOUR = 60 * 60;

async function typesOf(params: Parameters<typeof createSession>[1]): Promise<string[]> {
  return (await createSession(kit.stripe, params)).payment_method_types;
}

async function refusalOf(currency: string, unit_amount: number): Promise<Stripe.errors.StripeError> {
  return errorOf(createSession(kit.stripe, { price: { currency, unit_amount } }));
}

async function createExpiring(expires_at: number): Promise<Stripe.Checkout.Session> {
  return createSession(kit.stripe, { expires_at });
}

describe("creating a session", () => {
  it("answers an open, unpaid session without a payment intent", async () => {
    const session = await createSession(kit.stripe, {
      client_reference_id: "order-1",
      metadata: { uid: "u1" },
      locale: "de",
      submit_type: "book",
    });
    expect(session).toMatchObject({
      id: expect.stringMatching(/^cs_test_\w{58}$/),
      object: "checkout.session",
      mode: "payment",
      status: "open",
      payment_status: "unpaid",
      payment_intent: null,
      amount_subtotal: 1000,
      amount_total: 1000,
      currency: "usd",
      client_reference_id: "order-1",
      metadata: { uid: "u1" },
      locale: "de",
      submit_type: "book",
      url: `${kit.server.url}/c/pay/${session.id}`,
      success_url: "http://shop.test/thanks?session_id={CHECKOUT_SESSION_ID}",
      payment_method_types: ["card", "us_bank_account"],
      livemode: false,
    });
    expect(session.expires_at).toBe(session.created + 24 * HOUR);
  });

  it("adds up several lines and quantities", async () => {
    const [a, b] = [await createPrice(kit.stripe), await createPrice(kit.stripe, { unit_amount: 250 })];
    const line_items = [
      { price: a.id, quantity: 2 },
      { price: b.id, quantity: 3 },
    ];
    const session = await createSession(kit.stripe, { line_items });
    expect(session.amount_total).toBe(2750);
    const lines = await kit.stripe.checkout.sessions.listLineItems(session.id, { limit: 1 });
    expect(lines).toMatchObject({
      has_more: true,
      data: [{ quantity: 2, amount_total: 2000, description: "Credit pack" }],
    });
    const rest = await kit.stripe.checkout.sessions.listLineItems(session.id, {
      starting_after: lines.data[0]?.id ?? "",
    });
    expect(rest).toMatchObject({
      has_more: false,
      data: [{ quantity: 3, price: { id: b.id, unit_amount: 250 } }],
    });
  });

  it("keeps its amount when the price's product changes later", async () => {
    const session = await createSession(kit.stripe);
    const lines = await kit.stripe.checkout.sessions.listLineItems(session.id);
    const [item] = lines.data;
    await kit.stripe.products.update(item?.price ? productOf(item.price) : "", { name: "Renamed" });
    expect((await kit.stripe.checkout.sessions.listLineItems(session.id)).data[0]?.description).toBe(
      "Credit pack",
    );
  });

  it("knows the e-mail of its customer or of its request", async () => {
    const customer = await kit.stripe.customers.create({ email: "c@example.com" });
    expect(await createSession(kit.stripe, { customer: customer.id })).toMatchObject({
      customer: customer.id,
      customer_creation: null,
      customer_details: { email: "c@example.com" },
    });
    expect(await createSession(kit.stripe, { customer_email: "d@example.com" })).toMatchObject({
      customer: null,
      customer_creation: "if_required",
      customer_email: "d@example.com",
      customer_details: { email: "d@example.com" },
    });
  });

  it("offers what is allowed and what the currency has", async () => {
    expect(await typesOf({ allowed_payment_method_types: ["card", "ideal"] })).toStrictEqual(["card"]);
    expect(await typesOf({ excluded_payment_method_types: ["card"] })).toStrictEqual(["us_bank_account"]);
    expect(await typesOf({ price: { currency: "eur" } })).toStrictEqual(["card", "sepa_debit"]);
    expect(await typesOf({ price: { currency: "jpy" } })).toStrictEqual(["card"]);
  });

  it("refuses payment_method_types, which this API version took away", async () => {
    const price = await createPrice(kit.stripe);
    const call = kit.stripe.rawRequest("POST", "/v1/checkout/sessions", {
      mode: "payment",
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: "http://shop.test",
      payment_method_types: ["card"],
    });
    expect(await errorOf(call)).toMatchObject({ code: "parameter_unknown", param: "payment_method_types" });
  });

  it("refuses modes it does not have, in Stripe's form", async () => {
    expect(await errorOf(createSession(kit.stripe, { mode: "setup" }))).toMatchObject({
      statusCode: 400,
      type: "StripeInvalidRequestError",
      param: "mode",
    });
  });

  it("refuses what does not go together", async () => {
    const customer = await kit.stripe.customers.create({});
    const refused = async (params: Parameters<typeof createSession>[1]) =>
      errorOf(createSession(kit.stripe, params));
    expect(await refused({ customer: customer.id, customer_email: "a@example.com" })).toMatchObject({
      code: "parameters_exclusive",
    });
    expect(await refused({ allow_promotion_codes: true, discounts: [{ coupon: "x" }] })).toMatchObject({
      code: "parameters_exclusive",
    });
    expect(await refused({ currency: "eur" })).toMatchObject({ param: "currency" });
    expect(await refused({ success_url: "javascript:alert(1)" })).toMatchObject({ code: "url_invalid" });
    expect(await refused({ line_items: [] })).toMatchObject({
      code: "parameter_missing",
      param: "line_items",
    });
  });

  it("refuses a customer that does not exist or was deleted", async () => {
    const { id } = await kit.stripe.customers.create({});
    await kit.stripe.customers.del(id);
    const missing = { statusCode: 400, code: "resource_missing", param: "customer" };
    expect(await errorOf(createSession(kit.stripe, { customer: id }))).toMatchObject(missing);
    expect(await errorOf(createSession(kit.stripe, { customer: "cus_no" }))).toMatchObject(missing);
  });

  it("refuses prices that are unknown, inactive, recurring, or of an inactive product", async () => {
    const buy = async (price: string) =>
      errorOf(createSession(kit.stripe, { line_items: [{ price, quantity: 1 }] }));
    expect(await buy("price_no")).toMatchObject({ code: "resource_missing", param: "line_items[0][price]" });
    const recurring = await createPrice(kit.stripe, { recurring: { interval: "month" } });
    expect((await buy(recurring.id)).message).toContain("recurring price");
    const price = await createPrice(kit.stripe);
    await kit.stripe.products.update(productOf(price), { active: false });
    expect((await buy(price.id)).message).toContain("its product is not active");
    await kit.stripe.prices.update(price.id, { active: false });
    expect((await buy(price.id)).message).toContain("inactive");
  });

  it("refuses amounts that Stripe would not charge", async () => {
    expect(await refusalOf("usd", 49)).toMatchObject({
      code: "amount_too_small",
      message: expect.stringContaining("$0.50 usd"),
    });
    expect(await refusalOf("usd", 100_000_000)).toMatchObject({ code: "amount_too_large" });
    expect((await refusalOf("kwd", 1005)).message).toContain("divisible by 10");
    expect((await refusalOf("isk", 1050)).message).toContain("divisible by 100");
  });

  it("takes an expiry between half an hour and a day from now", async () => {
    const now = Math.floor(Date.now() / 1000);
    expect((await createExpiring(now + HOUR)).expires_at).toBe(now + HOUR);
    expect(await errorOf(createExpiring(now + 29 * 60))).toMatchObject({
      param: "expires_at",
      message: expect.stringContaining("30 minutes"),
    });
    expect(await errorOf(createExpiring(now + 25 * HOUR))).toMatchObject({
      message: expect.stringContaining("24 hours"),
    });
  });
});

describe("finding sessions", () => {
  it("retrieves one and refuses an unknown id", async () => {
    const session = await createSession(kit.stripe);
    expect(await kit.stripe.checkout.sessions.retrieve(session.id)).toStrictEqual(session);
    expect(await errorOf(kit.stripe.checkout.sessions.retrieve("cs_test_no"))).toMatchObject({
      statusCode: 404,
      code: "resource_missing",
    });
  });

  it("lists by payment intent, customer, e-mail and status", async () => {
    const customer = await kit.stripe.customers.create({ email: "a@example.com" });
    const paid = await createSession(kit.stripe, { customer: customer.id });
    const open = await createSession(kit.stripe);
    await kit.control(`checkout/${paid.id}/pay`, {});
    const { payment_intent: intent } = await kit.stripe.checkout.sessions.retrieve(paid.id);
    const ids = async (params: Parameters<typeof kit.stripe.checkout.sessions.list>[0]) =>
      (await kit.stripe.checkout.sessions.list(params)).data.map(({ id }) => id);
    expect(await ids({})).toStrictEqual([open.id, paid.id]);
    expect(await ids({ payment_intent: idOf(intent) ?? "" })).toStrictEqual([paid.id]);
    expect(await ids({ customer: customer.id })).toStrictEqual([paid.id]);
    expect(await ids({ customer_details: { email: "a@example.com" } })).toStrictEqual([paid.id]);
    expect(await ids({ status: "open" })).toStrictEqual([open.id]);
    expect(await ids({ status: "complete" })).toStrictEqual([paid.id]);
    expect(await ids({ payment_intent: "pi_no" })).toStrictEqual([]);
  });
});

describe("expiry", () => {
  it("comes by the endpoint, once, with its event", async () => {
    const session = await createSession(kit.stripe);
    expect(await kit.stripe.checkout.sessions.expire(session.id)).toMatchObject({
      status: "expired",
      url: null,
    });
    await untilTrue(() => kit.receiver.types().includes("checkout.session.expired"));
    expect(await errorOf(kit.stripe.checkout.sessions.expire(session.id))).toMatchObject({
      statusCode: 400,
      message:
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of `expired`.',
    });
  });

  it("is refused for a session that is complete", async () => {
    const session = await createSession(kit.stripe);
    await kit.control(`checkout/${session.id}/pay`, {});
    expect((await errorOf(kit.stripe.checkout.sessions.expire(session.id))).message).toContain("`complete`");
  });

  it("comes when the clock passes expires_at, for those that are due and open", async () => {
    const soon = await createSession(kit.stripe, { expires_at: Math.floor(Date.now() / 1000) + 2 * HOUR });
    const later = await createSession(kit.stripe);
    const paid = await createSession(kit.stripe, { expires_at: Math.floor(Date.now() / 1000) + HOUR });
    await kit.control(`checkout/${paid.id}/pay`, {});
    await kit.control("clock", { advanceSeconds: 3 * HOUR });
    const status = async (id: string) => (await kit.stripe.checkout.sessions.retrieve(id)).status;
    expect([await status(soon.id), await status(later.id), await status(paid.id)]).toStrictEqual([
      "expired",
      "open",
      "complete",
    ]);
  });

  it("comes on time when nobody asks", async () => {
    const start = Math.floor(Date.now() / 1000) * 1000;
    let offsetMs = 0;
    const own = await startKit({ now: () => start + offsetMs });
    try {
      // 100 ms are left when the timer is set, and none when it fires.
      const session = await createSession(own.stripe, { expires_at: start / 1000 + HOUR });
      offsetMs = HOUR * 1000 - 100;
      await own.control("clock", { advanceSeconds: 0 });
      expect(own.receiver.types()).not.toContain("checkout.session.expired");
      offsetMs += 1200;
      await untilTrue(() => own.receiver.types().includes("checkout.session.expired"));
      expect((await own.stripe.checkout.sessions.retrieve(session.id)).status).toBe("expired");
    } finally {
      await own.close();
    }
  });

  it("cancels the payment intent of a declined attempt", async () => {
    const session = await createSession(kit.stripe);
    await kit.control(`checkout/${session.id}/pay`, { card: "4000000000009995" });
    const expired = await kit.stripe.checkout.sessions.expire(session.id, { expand: ["payment_intent"] });
    expect(expired.payment_intent).toMatchObject({ status: "canceled", cancellation_reason: "expired" });
    await untilTrue(() => kit.receiver.types().includes("payment_intent.canceled"));
  });
});
