import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { idOf } from "../objects/store/store.ts";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { eventTypesSince, lastEventId } from "../testing/payments.ts";
import { advance, HOUR, periodEndOf, reload, renew, subscribe } from "../testing/subscriptions.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

const cardForm = { action: "card", expiry: "12 / 34", cvc: "123", name: "Ada" };

async function open(customer: string): Promise<string> {
  const { url } = await kit.stripe.billingPortal.sessions.create({
    customer,
    return_url: "http://shop.test/account",
  });
  return url;
}

async function read(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

async function submit(url: string, fields: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(url, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
}

describe("creating a portal session", () => {
  it("answers an address for the customer", async () => {
    const { id } = await kit.stripe.customers.create({});
    const session = await kit.stripe.billingPortal.sessions.create({
      customer: id,
      return_url: "http://a.test/",
    });
    expect(session).toMatchObject({
      id: expect.stringMatching(/^bps_\w{24}$/),
      object: "billing_portal.session",
      customer: id,
      return_url: "http://a.test/",
      url: expect.stringMatching(/\/p\/session\/test_\w{60}$/),
      livemode: false,
    });
    expect((await kit.stripe.events.list({ limit: 1 })).data).toMatchObject([
      { type: "billing_portal.session.created", data: { object: { id: session.id } } },
    ]);
  });

  it("refuses a missing customer and what it does not simulate", async () => {
    const { sessions } = kit.stripe.billingPortal;
    expect(await errorOf(sessions.create({}))).toMatchObject({
      code: "parameter_missing",
      param: "customer",
    });
    expect(await errorOf(sessions.create({ customer: "cus_no" }))).toMatchObject({
      statusCode: 400,
      code: "resource_missing",
    });
    const { id } = await kit.stripe.customers.create({});
    const flow_data = { type: "payment_method_update" };
    expect(await errorOf(sessions.create({ customer: id, flow_data }))).toMatchObject({
      code: "parameter_unknown",
    });
  });
});

describe("the portal's page", () => {
  it("shows the subscription, the card, the invoices and the way back", async () => {
    const { customerId } = await subscribe(kit);
    const { status, text } = await read(await open(customerId));
    expect(status).toBe(200);
    for (const shown of [
      "Basic",
      "$20.00 per month",
      "Renews on",
      "Visa ···· 4242",
      "paid",
      "TEST MODE",
      'href="http://shop.test/account"',
    ]) {
      expect(text).toContain(shown);
    }
  });

  it("cancels at the end of the period, and takes it back", async () => {
    const subscribed = await subscribe(kit);
    const url = await open(subscribed.customerId);
    const fields = { action: "cancel", subscription: subscribed.subscriptionId };
    const before = await lastEventId(kit);
    const answer = await submit(url, fields);
    const location = answer.headers.get("location") ?? "";
    expect([answer.status, location]).toStrictEqual([303, `${new URL(url).pathname}?done=cancel`]);
    expect((await read(kit.server.url + location)).text).toContain("The subscription ends with its period.");
    expect(await reload(kit, subscribed)).toMatchObject({
      cancel_at: expect.any(Number),
      status: "active",
    });
    expect(await eventTypesSince(kit, before)).toStrictEqual(["customer.subscription.updated"]);
    expect((await read(url)).text).toMatch(/Canceled: ends on .*Don(&#39;|')t cancel/s);
    await submit(url, { ...fields, action: "resume" });
    expect(await reload(kit, subscribed)).toMatchObject({ cancel_at: null });
  });

  it("takes another card for the subscription, or says why not", async () => {
    const subscribed = await subscribe(kit);
    await kit.control(`subscriptions/${subscribed.subscriptionId}/payment_method`, {
      card: "4000000000000341",
    });
    await renew(kit, subscribed);
    const url = await open(subscribed.customerId);
    expect((await read(url)).text).toContain("The last payment failed");
    const declined = await submit(url, { ...cardForm, card: "4000000000000002" });
    expect([declined.status, await declined.text()]).toStrictEqual([
      402,
      expect.stringContaining("declined"),
    ]);
    const incomplete = await submit(url, { ...cardForm, card: "" });
    expect([incomplete.status, await incomplete.text()]).toStrictEqual([
      422,
      expect.stringContaining("Enter the card number"),
    ]);
    const before = await lastEventId(kit);
    expect((await submit(url, { ...cardForm, card: "5555555555554444" })).status).toBe(303);
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "payment_method.attached",
      "customer.updated",
      "customer.subscription.updated",
    ]);
    expect((await read(url)).text).toContain("Mastercard ···· 4444");
    const { latest_invoice: invoice } = await reload(kit, subscribed);
    expect(await kit.stripe.invoices.pay(idOf(invoice) ?? "")).toMatchObject({ status: "paid" });
  });

  it("fills in a test card", async () => {
    const { customerId } = await subscribe(kit);
    expect((await read(`${await open(customerId)}?card=4242424242424242`)).text).toContain(
      'value="4242 4242 4242 4242"',
    );
  });

  it("changes nothing of another customer's", async () => {
    const [mine, other] = [await subscribe(kit), await subscribe(kit)];
    const url = await open(mine.customerId);
    expect((await submit(url, { action: "cancel", subscription: other.subscriptionId })).status).toBe(404);
    expect((await submit(url, { action: "explode" })).status).toBe(400);
    expect(await reload(kit, other)).toMatchObject({ cancel_at: null });
  });

  it("is gone after an hour, for unknown secrets and for deleted customers", async () => {
    const { customerId } = await subscribe(kit);
    const [early, late] = [await open(customerId), await open(customerId)];
    expect((await read(`${early.slice(0, -1)}!`)).status).toBe(404);
    await advance(kit, HOUR);
    expect(await read(late)).toMatchObject({ status: 410, text: expect.stringContaining("has expired") });
    const fresh = await open(customerId);
    await kit.stripe.customers.del(customerId);
    expect((await read(fresh)).status).toBe(404);
  });

  it("shows a trial, a customer without subscriptions, and no unescaped name", async () => {
    const trial = await subscribe(kit, {
      price: { name: "<b>Pro</b>" },
      session: { subscription_data: { trial_period_days: 7 } },
    });
    const { text } = await read(await open(trial.customerId));
    expect(text).toContain("The free trial ends on");
    expect(text).toContain("&lt;b&gt;Pro");
    expect(periodEndOf(await reload(kit, trial))).toBeGreaterThan(0);
    const { id } = await kit.stripe.customers.create({});
    expect((await read(await open(id))).text).toContain("There is no subscription.");
  });
});
