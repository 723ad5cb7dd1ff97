import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { idOf } from "../objects/store/store.ts";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { eventTypesSince, lastEventId } from "../testing/payments.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

function create(params: Partial<Stripe.PaymentIntentCreateParams> = {}): Promise<Stripe.PaymentIntent> {
  return kit.stripe.paymentIntents.create({
    amount: 100,
    currency: "usd",
    confirm: true,
    payment_method: "pm_card_visa",
    automatic_payment_methods: { enabled: true, allow_redirects: "never" },
    ...params,
  });
}

// https://docs.stripe.com/api/payment_intents/create
describe("a payment intent that is created through the API", () => {
  it("charges the test card of that name at once", async () => {
    const paid = await create({ description: "A thing", metadata: { a: "1" }, expand: ["latest_charge"] });
    expect(paid).toMatchObject({
      status: "succeeded",
      amount_received: 100,
      customer: null,
      description: "A thing",
      metadata: { a: "1" },
      payment_method: expect.stringMatching(/^pm_\w{24}$/),
      latest_charge: { paid: true, amount: 100, payment_method_details: { card: { last4: "4242" } } },
    });
    expect(await eventTypesSince(kit)).toStrictEqual([
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
    ]);
    expect(await kit.stripe.refunds.create({ payment_intent: paid.id })).toMatchObject({ amount: 100 });
  });

  it("keeps the card for its customer, who can be charged with it again", async () => {
    const { id: customer } = await kit.stripe.customers.create({});
    const first = await create({ customer, setup_future_usage: "off_session" });
    const card = idOf(first.payment_method) ?? "";
    expect(await kit.stripe.paymentMethods.retrieve(card)).toMatchObject({ customer });
    expect(await errorOf(create({ payment_method: card }))).toMatchObject({ param: "payment_method" });
    expect(await create({ customer, payment_method: card, off_session: true })).toMatchObject({
      status: "succeeded",
    });
  });

  it("fails with Stripe's card error", async () => {
    const declined = await errorOf(
      create({ payment_method: "pm_card_visa_chargeDeclinedInsufficientFunds" }),
    );
    expect(declined).toMatchObject({ statusCode: 402, decline_code: "insufficient_funds" });
    expect(await eventTypesSince(kit)).toStrictEqual([
      "payment_intent.created",
      "charge.failed",
      "payment_intent.payment_failed",
    ]);
  });

  const refused: readonly [string, Partial<Stripe.PaymentIntentCreateParams>, string][] = [
    ["that waits to be confirmed", { confirm: false }, "confirm"],
    ["of too little", { amount: 49 }, "amount"],
    ["with a card nobody knows", { payment_method: "pm_card_none" }, "payment_method"],
    ["for nobody", { customer: "cus_no" }, "customer"],
    ["without cards", { allowed_payment_method_types: ["ideal"] }, "allowed_payment_method_types"],
  ];

  it.each(refused)("is refused %s", async (_what, params, param) => {
    expect(await errorOf(create(params))).toMatchObject({ statusCode: 400, param });
    expect(await eventTypesSince(kit)).toStrictEqual([]);
  });

  // https://docs.stripe.com/api/disputes/close closes an inquiry
  it("may be disputed at once, and an inquiry is lost without any money", async () => {
    const { id } = await create({ payment_method: "pm_card_createDisputeInquiry" });
    const { data } = await kit.stripe.disputes.list({ payment_intent: id });
    expect(data).toMatchObject([{ status: "warning_needs_response", amount: 100 }]);
    const before = await lastEventId(kit);
    expect(await kit.stripe.disputes.close(data[0]?.id ?? "")).toMatchObject({
      status: "lost",
      balance_transactions: [],
    });
    expect(await eventTypesSince(kit, before)).toStrictEqual(["charge.dispute.closed"]);
  });
});

// https://docs.stripe.com/api/payment_methods/attach
describe("a payment method that is given to a customer", () => {
  it("is theirs, and may be their default", async () => {
    const { id: customer } = await kit.stripe.customers.create({});
    const card = await kit.stripe.paymentMethods.attach("pm_card_mastercard", { customer });
    expect(card).toMatchObject({ customer, card: { brand: "mastercard" } });
    expect(await kit.stripe.paymentMethods.attach(card.id, { customer })).toMatchObject({ id: card.id });
    const settings = { invoice_settings: { default_payment_method: card.id } };
    expect(await kit.stripe.customers.update(customer, settings)).toMatchObject(settings);
    const { id: other } = await kit.stripe.customers.create({});
    expect(await errorOf(kit.stripe.customers.update(other, settings))).toMatchObject({
      param: "invoice_settings[default_payment_method]",
    });
    expect(await errorOf(kit.stripe.paymentMethods.attach(card.id, { customer: other }))).toMatchObject({
      param: "payment_method",
    });
  });

  // https://docs.stripe.com/api/customers/create
  it("may come with the customer, unless its bank refuses it", async () => {
    const payment_method = "pm_card_visa";
    const invoice_settings = { default_payment_method: payment_method };
    const made = await kit.stripe.customers.create({ payment_method, invoice_settings });
    const card = idOf(made.invoice_settings.default_payment_method) ?? "";
    expect(await kit.stripe.paymentMethods.retrieve(card)).toMatchObject({ customer: made.id });
    expect(await eventTypesSince(kit)).toStrictEqual(["customer.created", "payment_method.attached"]);
    const refused = await errorOf(
      kit.stripe.customers.create({ payment_method: "pm_card_visa_chargeDeclined" }),
    );
    expect(refused).toMatchObject({ statusCode: 402 });
    expect(await errorOf(kit.stripe.customers.create({ invoice_settings }))).toMatchObject({
      param: "invoice_settings[default_payment_method]",
    });
    expect((await kit.stripe.customers.list()).data).toHaveLength(1);
  });
});
