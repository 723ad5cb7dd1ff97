import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { idOf } from "../objects/store/store.ts";
import { CARDS, ControlClient } from "../testing/controlClient.ts";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { createPrice, createSession } from "../testing/shop.ts";

let kit: Kit;
let control: ControlClient;
beforeAll(async () => {
  kit = await startKit();
  control = new ControlClient(kit.server.url);
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

/** 10.00 dollars or euros, or 25,000 won or 1,500 yen, which have no decimals: https://docs.stripe.com/currencies#zero-decimal */
const localized: Partial<Stripe.PriceCreateParams> = {
  currency_options: {
    krw: { unit_amount: 25_000 },
    jpy: { unit_amount: 1_500 },
    eur: { unit_amount: 1_000 },
  },
};
const plan = { ...localized, recurring: { interval: "month" } } as const;

async function openIn(
  currency: string,
  params: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Promise<Stripe.Checkout.Session> {
  const { id } = await createPrice(kit.stripe, localized);
  return await createSession(kit.stripe, { currency, line_items: [{ price: id, quantity: 2 }], ...params });
}

async function openWith(coupon: Stripe.CouponCreateParams): Promise<Stripe.Checkout.Session> {
  const { id } = await kit.stripe.coupons.create({ duration: "once", ...coupon });
  return await createSession(kit.stripe, { price: localized, discounts: [{ coupon: id }] });
}

/** Source: https://docs.stripe.com/api/prices/object#price_object-currency_options */
describe("currency_options", () => {
  it("are shown only if they are asked for, with the price's own currency", async () => {
    const { id } = await createPrice(kit.stripe, localized);
    expect(await kit.stripe.prices.retrieve(id)).not.toHaveProperty("currency_options");
    const expected = {
      usd: { unit_amount: 1_000 },
      krw: { unit_amount: 25_000 },
      jpy: { unit_amount: 1_500 },
    };
    const { currency_options: options } = await kit.stripe.prices.retrieve(id, {
      expand: ["currency_options"],
    });
    expect(options).toMatchObject(expected);
    const { data } = await kit.stripe.prices.list({ expand: ["data.currency_options"] });
    expect(data).toMatchObject([{ id, currency_options: expected }]);
  });

  it("are changed one by one", async () => {
    const { id } = await createPrice(kit.stripe, localized);
    const { currency_options: options } = await kit.stripe.prices.update(id, {
      currency_options: { krw: { unit_amount: 26_000 }, gbp: { unit_amount: 900 } },
      expand: ["currency_options"],
    });
    expect(options).toMatchObject({
      usd: { unit_amount: 1_000 },
      krw: { unit_amount: 26_000 },
      jpy: { unit_amount: 1_500 },
      gbp: { unit_amount: 900 },
    });
  });
});

/** Source: https://docs.stripe.com/payments/checkout/localize-prices/manual-currency-prices */
describe("a checkout in a currency", () => {
  it.each([
    ["krw", 50_000],
    ["jpy", 3_000],
    ["usd", 2_000],
  ])("asks for what its prices cost in %s", async (currency, total) => {
    const session = await openIn(currency);
    expect(session).toMatchObject({ currency, amount_subtotal: total, amount_total: total });
    const { data } = await kit.stripe.checkout.sessions.listLineItems(session.id);
    expect(data).toMatchObject([{ currency, amount_total: total, price: { currency: "usd" } }]);
    const { payment_intent: intent } = await control.pay(session.id);
    expect(await kit.stripe.paymentIntents.retrieve(idOf(intent) ?? "")).toMatchObject({
      currency,
      amount_received: total,
    });
  });

  it("is refused if a price has no option for it", async () => {
    expect(await errorOf(openIn("gbp"))).toMatchObject({ statusCode: 400, param: "currency" });
  });
});

/** Source: https://docs.stripe.com/payments/checkout/localize-prices/manual-currency-prices */
describe("the buyer's currency", () => {
  it("is that of the session, its items and its payment", async () => {
    const session = await createSession(kit.stripe, { price: localized, metadata: { order: "1" } });
    expect(session).toMatchObject({ currency: "usd", amount_total: 1_000 });
    const shown = await control.selectCurrency(session.id, "krw");
    const inWon = { currency: "krw", amount_subtotal: 25_000, amount_total: 25_000 };
    expect(shown).toMatchObject({ ...inWon, metadata: { order: "1" } });
    expect((await kit.stripe.checkout.sessions.listLineItems(session.id)).data).toMatchObject([inWon]);
    const { payment_intent: intent } = await control.pay(session.id);
    expect(await kit.stripe.paymentIntents.retrieve(idOf(intent) ?? "")).toMatchObject({
      currency: "krw",
      amount_received: 25_000,
    });
  });

  it("is that of the subscription, of its first invoice and of its renewals", async () => {
    const session = await createSession(kit.stripe, { mode: "subscription", price: plan });
    await control.selectCurrency(session.id, "jpy");
    const { subscription } = await control.pay(session.id);
    const id = idOf(subscription) ?? "";
    expect(await kit.stripe.subscriptions.retrieve(id)).toMatchObject({ currency: "jpy" });
    await control.passSeconds(32 * 86_400);
    const { data } = await kit.stripe.invoices.list({ subscription: id });
    expect(data.map(({ currency, amount_paid: paid }) => [currency, paid])).toEqual([
      ["jpy", 1_500],
      ["jpy", 1_500],
    ]);
    const [line] = data[0]?.lines.data ?? [];
    expect(line?.description).toContain("¥1,500 / month");
    expect(line?.pricing?.unit_amount_decimal?.toNumber()).toBe(1_500);
  });

  it("is what the checkout page shows", async () => {
    const session = await createSession(kit.stripe, { mode: "subscription", price: plan });
    await control.selectCurrency(session.id, "krw");
    const page = await (await fetch(session.url ?? "")).text();
    expect(page).toContain("₩25,000 per month");
    expect(page).not.toContain("$");
  });

  it("costs nothing during a trial, and its own amount afterwards", async () => {
    const session = await createSession(kit.stripe, {
      mode: "subscription",
      price: plan,
      subscription_data: { trial_period_days: 7 },
    });
    expect(await control.selectCurrency(session.id, "krw")).toMatchObject({
      currency: "krw",
      amount_total: 0,
    });
    const { subscription } = await control.pay(session.id);
    await control.passSeconds(8 * 86_400);
    const { data } = await kit.stripe.invoices.list({ subscription: idOf(subscription) ?? "" });
    expect(data[0]).toMatchObject({ currency: "krw", amount_paid: 25_000 });
  });

  it("offers the payment methods of that currency", async () => {
    const session = await createSession(kit.stripe, { price: localized });
    const { payment_method_types: types } = await control.selectCurrency(session.id, "eur");
    expect(types).toEqual(["card", "sepa_debit"]);
  });

  it("keeps a discount in percent, and no amount off in another currency", async () => {
    const half = await openWith({ percent_off: 50 });
    expect(await control.selectCurrency(half.id, "krw")).toMatchObject({ amount_total: 12_500 });
    const fixed = await openWith({ amount_off: 300, currency: "usd" });
    await expect(control.selectCurrency(fixed.id, "krw")).rejects.toMatchObject({ status: 400 });
  });

  it("is what the next attempt is paid in after one that was declined", async () => {
    const session = await createSession(kit.stripe, { price: localized });
    await expect(control.pay(session.id, { card: CARDS.declined })).rejects.toMatchObject({ status: 402 });
    await control.selectCurrency(session.id, "krw");
    const { payment_intent: intent } = await control.pay(session.id);
    expect(await kit.stripe.paymentIntents.retrieve(idOf(intent) ?? "")).toMatchObject({
      currency: "krw",
      amount_received: 25_000,
    });
  });

  it("is one that all prices have an option for, in a session that is open", async () => {
    const session = await createSession(kit.stripe, { price: localized });
    for (const currency of ["gbp", "nope", ""])
      await expect(control.selectCurrency(session.id, currency)).rejects.toMatchObject({ status: 400 });
    await control.expire(session.id);
    await expect(control.selectCurrency(session.id, "krw")).rejects.toMatchObject({ status: 400 });
  });
});
