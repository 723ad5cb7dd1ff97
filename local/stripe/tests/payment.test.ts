import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { testCards } from "../objects/payments/cards.ts";
import { idOf } from "../objects/store/store.ts";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { createSession } from "../testing/shop.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

async function pay(sessionId: string, body: object = {}): Promise<{ status: number; json: unknown }> {
  return kit.control(`checkout/${sessionId}/pay`, body);
}

async function reload(sessionId: string): Promise<Stripe.Checkout.Session> {
  return kit.stripe.checkout.sessions.retrieve(sessionId, { expand: ["payment_intent.latest_charge"] });
}

/** The types of the payment's events, oldest first. */
async function eventTypes(): Promise<string[]> {
  const { data } = await kit.stripe.events.list({ limit: 100 });
  return data
    .map(({ type }) => type)
    .filter((type) => !/^(product|price|coupon|promotion_code)\./.test(type))
    .toReversed();
}

describe("a card that pays", () => {
  it("completes the session with a payment intent and a charge", async () => {
    const session = await createSession(kit.stripe, {
      payment_intent_data: { metadata: { uid: "u1" }, description: "Order 1" },
      customer_email: "a@example.com",
    });
    expect((await pay(session.id)).json).toMatchObject({ id: session.id, status: "complete" });
    expect(await reload(session.id)).toMatchObject({
      status: "complete",
      payment_status: "paid",
      url: null,
      customer_details: { email: "a@example.com", name: "Jenny Rosen" },
      payment_intent: {
        id: expect.stringMatching(/^pi_\w{24}$/),
        status: "succeeded",
        amount: 1000,
        amount_received: 1000,
        currency: "usd",
        metadata: { uid: "u1" },
        description: "Order 1",
        latest_charge: {
          id: expect.stringMatching(/^ch_\w{24}$/),
          status: "succeeded",
          paid: true,
          captured: true,
          amount_captured: 1000,
          billing_details: { email: "a@example.com" },
          payment_method_details: { type: "card", card: { brand: "visa", last4: "4242" } },
        },
      },
    });
  });

  it("emits its events in the order of the facts, as snapshots", async () => {
    const session = await createSession(kit.stripe);
    await pay(session.id);
    expect(await eventTypes()).toStrictEqual([
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
      "checkout.session.completed",
    ]);
    const { data } = await kit.stripe.events.list({ type: "payment_intent.created" });
    expect(data[0]).toMatchObject({
      data: { object: { status: "requires_payment_method", latest_charge: null } },
      request: { id: null, idempotency_key: null },
      livemode: false,
    });
  });

  it("is found through payment intents, charges and payment methods", async () => {
    const customer = await kit.stripe.customers.create({ email: "a@example.com" });
    const session = await createSession(kit.stripe, { customer: customer.id });
    await pay(session.id);
    const intents = await kit.stripe.paymentIntents.list({
      customer: customer.id,
      expand: ["data.latest_charge"],
    });
    const [intent] = intents.data;
    const charges = await kit.stripe.charges.list({ payment_intent: intent?.id ?? "" });
    expect(intent?.latest_charge).toStrictEqual(charges.data[0]);
    expect((await kit.stripe.charges.list({ customer: customer.id })).data).toHaveLength(1);
    const charge = await kit.stripe.charges.retrieve(charges.data[0]?.id ?? "", {
      expand: ["payment_intent", "customer"],
    });
    expect(charge).toMatchObject({
      payment_intent: { id: intent?.id },
      customer: { email: "a@example.com" },
    });
    expect(await kit.stripe.paymentMethods.retrieve(charge.payment_method ?? "")).toMatchObject({
      type: "card",
    });
  });

  it("is paid once: the second attempt is refused", async () => {
    const session = await createSession(kit.stripe);
    await pay(session.id);
    expect(await pay(session.id)).toMatchObject({
      status: 409,
      json: { error: { message: expect.stringContaining("complete") } },
    });
    expect((await kit.stripe.charges.list()).data).toHaveLength(1);
  });

  it.each(testCards.filter(({ decline }) => decline === undefined))(
    "may be $number",
    async ({ number, brand }) => {
      const session = await createSession(kit.stripe);
      expect((await pay(session.id, { card: number })).status).toBe(200);
      const { data } = await kit.stripe.charges.list();
      expect(data[0]?.payment_method_details?.card).toMatchObject({ brand, last4: number.slice(-4) });
    },
  );

  it.each([
    ["jpy", 500],
    ["bhd", 1500],
    ["isk", 50_000],
  ])("pays in %s", async (currency, unit_amount) => {
    const session = await createSession(kit.stripe, { price: { currency, unit_amount } });
    await pay(session.id);
    expect(await reload(session.id)).toMatchObject({
      payment_intent: { currency, amount_received: unit_amount },
    });
  });
});

describe("a card that is declined", () => {
  it.each(testCards.flatMap(({ number, decline }) => (decline ? [{ number, ...decline }] : [])))(
    "answers 402 for $number: $code $declineCode",
    async ({ number, code, declineCode, message }) => {
      const session = await createSession(kit.stripe);
      const error = {
        type: "card_error",
        code,
        message,
        ...(declineCode !== undefined && { decline_code: declineCode }),
      };
      expect(await pay(session.id, { card: number })).toMatchObject({ status: 402, json: { error } });
      expect(await reload(session.id)).toMatchObject({
        status: "open",
        payment_status: "unpaid",
        payment_intent: {
          status: "requires_payment_method",
          last_payment_error: error,
          latest_charge: { status: "failed", failure_code: code, paid: false },
        },
      });
    },
  );

  it("leaves the session open for another card and the same payment intent", async () => {
    const session = await createSession(kit.stripe);
    await pay(session.id, { card: "4000000000009995" });
    const declined = await reload(session.id);
    await pay(session.id);
    expect(await reload(session.id)).toMatchObject({
      payment_status: "paid",
      payment_intent: { id: idOf(declined.payment_intent), status: "succeeded", last_payment_error: null },
    });
    expect(await eventTypes()).toStrictEqual([
      "payment_intent.created",
      "charge.failed",
      "payment_intent.payment_failed",
      "charge.succeeded",
      "payment_intent.succeeded",
      "checkout.session.completed",
    ]);
  });

  it("reaches no bank with a wrong number or one that is no test card", async () => {
    const session = await createSession(kit.stripe);
    expect(await pay(session.id, { card: "4242424242424241" })).toMatchObject({
      status: 402,
      json: { error: { code: "incorrect_number" } },
    });
    expect(await pay(session.id, { card: "4111111111111111" })).toMatchObject({
      status: 402,
      json: { error: { decline_code: "live_mode_test_card" } },
    });
    expect((await reload(session.id)).payment_intent).toBeNull();
  });
});

async function startDebit(currency = "usd"): Promise<{ session: Stripe.Checkout.Session; intentId: string }> {
  const session = await createSession(kit.stripe, { price: { currency } });
  expect((await pay(session.id, { method: "bank_debit" })).status).toBe(200);
  const { payment_intent: intent } = await kit.stripe.checkout.sessions.retrieve(session.id);
  return { session, intentId: String(idOf(intent)) };
}

async function settle(intentId: string, outcome: string): Promise<{ status: number }> {
  return kit.control(`payment_intents/${intentId}/settle`, { outcome });
}

describe("a bank debit", () => {
  it.each([
    ["usd", "us_bank_account"],
    ["eur", "sepa_debit"],
    ["gbp", "bacs_debit"],
  ])("in %s completes the session unpaid", async (currency, type) => {
    const { session } = await startDebit(currency);
    expect(await reload(session.id)).toMatchObject({
      status: "complete",
      payment_status: "unpaid",
      payment_intent: {
        status: "processing",
        amount_received: 0,
        latest_charge: {
          status: "pending",
          paid: false,
          payment_method_details: { type, [type]: { last4: "6789" } },
        },
      },
    });
  });

  it("settles later", async () => {
    const { session, intentId } = await startDebit();
    expect((await kit.control(`payment_intents/${intentId}/settle`, { outcome: "succeeded" })).status).toBe(
      200,
    );
    expect(await reload(session.id)).toMatchObject({
      payment_status: "paid",
      payment_intent: {
        status: "succeeded",
        amount_received: 1000,
        latest_charge: { status: "succeeded", paid: true },
      },
    });
    expect(await eventTypes()).toStrictEqual([
      "payment_intent.created",
      "payment_intent.processing",
      "charge.pending",
      "checkout.session.completed",
      "charge.succeeded",
      "payment_intent.succeeded",
      "checkout.session.async_payment_succeeded",
    ]);
  });

  it("fails later", async () => {
    const { session, intentId } = await startDebit();
    await kit.control(`payment_intents/${intentId}/settle`, { outcome: "failed" });
    expect(await reload(session.id)).toMatchObject({
      status: "complete",
      payment_status: "unpaid",
      payment_intent: {
        status: "requires_payment_method",
        last_payment_error: { code: "payment_intent_payment_attempt_failed" },
        latest_charge: { status: "failed" },
      },
    });
    expect((await eventTypes()).slice(-3)).toStrictEqual([
      "charge.failed",
      "payment_intent.payment_failed",
      "checkout.session.async_payment_failed",
    ]);
  });

  it("settles once, and only when it is one", async () => {
    const { intentId } = await startDebit();
    expect((await settle(intentId, "succeeded")).status).toBe(200);
    expect(await settle(intentId, "failed")).toMatchObject({ status: 409 });
    expect(await settle("pi_no", "failed")).toMatchObject({ status: 404 });
    expect(await settle(intentId, "perhaps")).toMatchObject({ status: 400 });
  });

  it("is refused where the session does not offer it", async () => {
    const session = await createSession(kit.stripe, { price: { currency: "jpy" } });
    expect(await pay(session.id, { method: "bank_debit" })).toMatchObject({ status: 400 });
    expect((await reload(session.id)).status).toBe("open");
  });
});

describe("an order that costs nothing", () => {
  it("needs no payment when the price is 0", async () => {
    const session = await createSession(kit.stripe, { price: { unit_amount: 0 } });
    await pay(session.id);
    expect(await reload(session.id)).toMatchObject({
      status: "complete",
      payment_status: "no_payment_required",
      payment_intent: null,
      amount_total: 0,
    });
    expect(await eventTypes()).toStrictEqual(["checkout.session.completed"]);
  });

  it("needs no payment with 100 % off", async () => {
    const coupon = await kit.stripe.coupons.create({ percent_off: 100 });
    const session = await createSession(kit.stripe, { discounts: [{ coupon: coupon.id }] });
    expect(session).toMatchObject({
      amount_subtotal: 1000,
      amount_total: 0,
      total_details: { amount_discount: 1000 },
    });
    await pay(session.id);
    expect(await reload(session.id)).toMatchObject({
      payment_status: "no_payment_required",
      payment_intent: null,
    });
    expect((await kit.stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(1);
  });
});

describe("discounts", () => {
  it("spread over the lines to the last cent", async () => {
    const coupon = await kit.stripe.coupons.create({ percent_off: 33.3 });
    const price = await kit.stripe.prices.create({
      currency: "usd",
      unit_amount: 333,
      product: (await kit.stripe.products.create({ name: "A" })).id,
    });
    const line_items = [1, 2, 5].map((quantity) => ({ price: price.id, quantity }));
    const session = await createSession(kit.stripe, {
      line_items,
      discounts: [{ coupon: coupon.id }],
      expand: ["line_items"],
    });
    const lines = session.line_items?.data ?? [];
    expect(session.total_details?.amount_discount).toBe(887);
    expect(lines.reduce((sum, line) => sum + line.amount_discount, 0)).toBe(887);
    expect(lines.reduce((sum, line) => sum + line.amount_total, 0)).toBe(session.amount_total);
  });

  it("never exceed the price", async () => {
    const coupon = await kit.stripe.coupons.create({ amount_off: 5000, currency: "usd" });
    expect((await createSession(kit.stripe, { discounts: [{ coupon: coupon.id }] })).amount_total).toBe(0);
  });

  it("come by promotion code too", async () => {
    const coupon = await kit.stripe.coupons.create({ amount_off: 300, currency: "usd" });
    const code = await kit.stripe.promotionCodes.create({
      promotion: { type: "coupon", coupon: coupon.id },
      max_redemptions: 1,
    });
    const discounts = [{ promotion_code: code.id }];
    const session = await createSession(kit.stripe, { discounts, expand: ["discounts.promotion_code"] });
    expect(session).toMatchObject({ amount_total: 700, discounts: [{ promotion_code: { id: code.id } }] });
    await pay(session.id);
    expect(await errorOf(createSession(kit.stripe, { discounts }))).toMatchObject({
      param: "discounts[0][promotion_code]",
    });
  });

  it("are refused when expired, used up, unknown, or in another currency", async () => {
    const buy = async (coupon: string) => errorOf(createSession(kit.stripe, { discounts: [{ coupon }] }));
    const past = await kit.stripe.coupons.create({ percent_off: 5, redeem_by: 1000 });
    expect(await buy(past.id)).toMatchObject({ code: "coupon_expired" });
    const once = await kit.stripe.coupons.create({ percent_off: 5, max_redemptions: 1 });
    await pay((await createSession(kit.stripe, { discounts: [{ coupon: once.id }] })).id);
    expect(await buy(once.id)).toMatchObject({ code: "coupon_expired" });
    const euro = await kit.stripe.coupons.create({ amount_off: 100, currency: "eur" });
    expect(await buy(euro.id)).toMatchObject({ param: "discounts[0][coupon]" });
    expect(await buy("no")).toMatchObject({ code: "resource_missing" });
  });
});

describe("customers at checkout", () => {
  it("are created on request, before the money's events", async () => {
    const session = await createSession(kit.stripe, { customer_creation: "always" });
    await pay(session.id, { email: "new@example.com", name: "New" });
    const { customer, payment_intent: intent } = await kit.stripe.checkout.sessions.retrieve(session.id, {
      expand: ["customer", "payment_intent.latest_charge"],
    });
    expect(customer).toMatchObject({ email: "new@example.com", name: "New" });
    expect(intent).toMatchObject({ customer: idOf(customer), latest_charge: { customer: idOf(customer) } });
    expect((await eventTypes()).slice(0, 3)).toStrictEqual([
      "payment_intent.created",
      "customer.created",
      "charge.succeeded",
    ]);
  });

  it("are not created otherwise", async () => {
    const session = await createSession(kit.stripe);
    await pay(session.id);
    expect((await reload(session.id)).customer).toBeNull();
  });

  it("get the e-mail they lacked", async () => {
    const { id } = await kit.stripe.customers.create({});
    const session = await createSession(kit.stripe, { customer: id });
    await pay(session.id, { email: "late@example.com" });
    expect(await kit.stripe.customers.retrieve(id)).toMatchObject({ email: "late@example.com" });
  });
});
