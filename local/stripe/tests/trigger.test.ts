import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { API_KEY, errorOf, startKit, untilTrue, type Kit } from "../testing/kit.ts";
import { eventTypesSince } from "../testing/payments.ts";
import { runScript } from "../testing/runScript.ts";
import { createSession } from "../testing/shop.ts";
import { triggers } from "../testing/triggers.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

describe("stripe trigger", () => {
  it.each(Object.entries(triggers))("makes %s", async (type, steps) => {
    await runScript({ url: kit.server.url, apiKey: API_KEY }, steps);
    await untilTrue(async () => (await eventTypesSince(kit)).includes(type));
  });
});

// https://docs.stripe.com/api/payment_methods/create
describe("a payment method that is made by the API", () => {
  it("is a test card, with who it belongs to", async () => {
    const address = { line1: "1 Main St", country: "US" };
    const created = await kit.stripe.paymentMethods.create({
      type: "card",
      card: { token: "tok_mastercard" },
      billing_details: { name: "Jenny", email: "j@example.com", phone: "1", address },
      metadata: { a: "1" },
    });
    expect(created).toMatchObject({
      customer: null,
      card: { brand: "mastercard", last4: "4444" },
      billing_details: {
        name: "Jenny",
        email: "j@example.com",
        phone: "1",
        address: { ...address, city: null },
      },
      metadata: { a: "1" },
    });
    expect(await kit.stripe.paymentMethods.retrieve(created.id)).toMatchObject({ id: created.id });
  });

  it("is refused for a token or an account that is none of Stripe's test ones", async () => {
    const create = kit.stripe.paymentMethods.create.bind(kit.stripe.paymentMethods);
    const payer = { name: "Jenny", email: "j@example.com" };
    const token = errorOf(create({ type: "card", card: { token: "tok_none" } }));
    expect(await token).toMatchObject({ code: "resource_missing", param: "card[token]" });
    const iban = "IT60X0542811101000000123456";
    const debit = errorOf(create({ type: "sepa_debit", sepa_debit: { iban }, billing_details: payer }));
    expect(await debit).toMatchObject({ statusCode: 400, param: "sepa_debit[iban]" });
    const nobody = errorOf(create({ type: "sepa_debit", sepa_debit: { iban: "AT611904300234573201" } }));
    expect(await nobody).toMatchObject({ param: "billing_details[email]" });
  });
});

async function method(
  type: "tok_visa" | "tok_visa_chargeDeclined" | "AT861904300235473202",
): Promise<string> {
  const billing_details = { name: "Jenny", email: "j@example.com" };
  const params = type.startsWith("tok_")
    ? ({ type: "card", card: { token: type } } as const)
    : ({ type: "sepa_debit", sepa_debit: { iban: type } } as const);
  return (await kit.stripe.paymentMethods.create({ ...params, billing_details })).id;
}

async function confirm(sessionId: string, methodId: string, amount: number): Promise<unknown> {
  return await kit.stripe.rawRequest("POST", `/v1/payment_pages/${sessionId}/confirm`, {
    payment_method: methodId,
    expected_amount: amount,
  });
}

describe("a session that is paid with a payment method", () => {
  it("has it on its payment, with what is sent where, and keeps it for its customer", async () => {
    const { id: customer } = await kit.stripe.customers.create({});
    const address = { line1: "1 Main St", country: "US" };
    const shipping = { name: "Jenny", phone: "1", carrier: "Post", tracking_number: "7", address };
    const { id } = await createSession(kit.stripe, {
      customer,
      payment_intent_data: { setup_future_usage: "off_session", shipping },
    });
    const methodId = await method("tok_visa");
    await confirm(id, methodId, 1000);
    const paid = await kit.stripe.checkout.sessions.retrieve(id, {
      expand: ["payment_intent.latest_charge", "payment_intent.payment_method"],
    });
    expect(paid).toMatchObject({
      payment_status: "paid",
      payment_intent: {
        setup_future_usage: "off_session",
        shipping,
        payment_method: { id: methodId, customer },
        latest_charge: { shipping, billing_details: { email: "j@example.com" } },
      },
    });
    expect(await eventTypesSince(kit)).toContain("payment_method.attached");
  });

  it("is refused for another amount, a declined card, another kind of method and a second time", async () => {
    const { id } = await createSession(kit.stripe);
    const card = await method("tok_visa");
    expect(await errorOf(confirm(id, card, 999))).toMatchObject({ code: "checkout_amount_mismatch" });
    expect(await errorOf(confirm(id, "pm_no", 1000))).toMatchObject({ code: "resource_missing" });
    const declined = await errorOf(confirm(id, await method("tok_visa_chargeDeclined"), 1000));
    expect(declined).toMatchObject({ statusCode: 402, code: "card_declined" });
    const debit = await errorOf(confirm(id, await method("AT861904300235473202"), 1000));
    expect(debit).toMatchObject({ statusCode: 400, param: "payment_method" });
    await confirm(id, card, 1000);
    expect(await errorOf(confirm(id, card, 1000))).toMatchObject({ statusCode: 400 });
    expect((await eventTypesSince(kit)).filter((type) => type === "checkout.session.completed")).toHaveLength(
      1,
    );
  });

  it("fails later if the bank of the test account says so", async () => {
    const { id } = await createSession(kit.stripe, { price: { currency: "eur" } });
    await confirm(id, await method("AT861904300235473202"), 1000);
    await untilTrue(async () =>
      (await eventTypesSince(kit)).includes("checkout.session.async_payment_failed"),
    );
    expect(await kit.stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: "complete",
      payment_status: "unpaid",
    });
  });
});
