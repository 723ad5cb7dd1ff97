import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { idOf } from "../objects/store/store.ts";
import { CARDS, ControlClient } from "../testing/controlClient.ts";
import { startKit, type Kit } from "../testing/kit.ts";
import { createPrice, createSession, productOf } from "../testing/shop.ts";

let kit: Kit;
let control: ControlClient;
beforeAll(async () => {
  kit = await startKit();
  control = new ControlClient(kit.server.url);
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

const monthly = { recurring: { interval: "month" } } as const;
const yearly = { unit_amount: 9_000, recurring: { interval: "year" } } as const;

/** A session for two of a monthly plan, and a yearly price of the same product. */
async function subscribeTo(
  params: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Promise<{ session: Stripe.Checkout.Session; upsell: string }> {
  const price = await createPrice(kit.stripe, monthly);
  const session = await createSession(kit.stripe, {
    mode: "subscription",
    line_items: [{ price: price.id, quantity: 2, metadata: { seat: "1" } }],
    metadata: { order: "1" },
    ...params,
  });
  const { id } = await kit.stripe.prices.create({ currency: "usd", product: productOf(price), ...yearly });
  return { session, upsell: id };
}

async function readLines(sessionId: string): Promise<[string | undefined, number, number | null][]> {
  const { data } = await kit.stripe.checkout.sessions.listLineItems(sessionId);
  return data.map(({ price, amount_subtotal: subtotal, quantity }) => [price?.id, subtotal, quantity]);
}

/** Source: https://docs.stripe.com/payments/checkout/cross-sells */
describe("a cross-sell", () => {
  it("is one more line item, and the session's metadata stays", async () => {
    const session = await createSession(kit.stripe, { metadata: { order: "1" } });
    const { id: price } = await createPrice(kit.stripe, { unit_amount: 300 });
    const changed = await control.takeAddOn(session.id, { price, quantity: 2, kind: "cross_sell" });
    expect(changed).toMatchObject({ amount_subtotal: 1_600, amount_total: 1_600, metadata: { order: "1" } });
    const { payment_intent: intent } = await control.pay(session.id);
    expect(await readLines(session.id)).toMatchObject([
      [expect.any(String), 1_000, 1],
      [price, 600, 2],
    ]);
    expect(await kit.stripe.paymentIntents.retrieve(idOf(intent) ?? "")).toMatchObject({ amount: 1_600 });
  });

  it("is listed page by page", async () => {
    const session = await createSession(kit.stripe);
    for (const unit_amount of [100, 200]) {
      const { id: price } = await createPrice(kit.stripe, { unit_amount });
      await control.takeAddOn(session.id, { price, kind: "cross_sell" });
    }
    const list = kit.stripe.checkout.sessions.listLineItems(session.id, { limit: 2 });
    expect(await list).toMatchObject({ has_more: true, data: [{}, { amount_total: 100 }] });
    expect((await list.autoPagingToArray({ limit: 10 })).map(({ amount_total: total }) => total)).toEqual([
      1_000, 100, 200,
    ]);
  });

  it("has its share of the session's discount", async () => {
    const coupon = await kit.stripe.coupons.create({ percent_off: 50, duration: "once" });
    const session = await createSession(kit.stripe, { discounts: [{ coupon: coupon.id }] });
    const { id: price } = await createPrice(kit.stripe, { unit_amount: 300 });
    expect(await control.takeAddOn(session.id, { price, kind: "cross_sell" })).toMatchObject({
      amount_subtotal: 1_300,
      amount_total: 650,
      discounts: [{ coupon: coupon.id }],
    });
  });

  it("is paid by the next attempt after one that was declined", async () => {
    const session = await createSession(kit.stripe);
    await expect(control.pay(session.id, { card: CARDS.declined })).rejects.toMatchObject({ status: 402 });
    const { id: price } = await createPrice(kit.stripe, { unit_amount: 300 });
    await control.takeAddOn(session.id, { price, kind: "cross_sell" });
    const { payment_intent: intent } = await control.pay(session.id);
    expect(await kit.stripe.paymentIntents.retrieve(idOf(intent) ?? "")).toMatchObject({
      amount_received: 1_300,
    });
  });

  it("recurs as often as what it is sold beside, and is in the same subscription", async () => {
    const { session } = await subscribeTo();
    const take = async (price: string) => await control.takeAddOn(session.id, { price, kind: "cross_sell" });
    await expect(take((await createPrice(kit.stripe, yearly)).id)).rejects.toMatchObject({ status: 400 });
    await expect(take((await createPrice(kit.stripe)).id)).rejects.toMatchObject({ status: 400 });
    await take((await createPrice(kit.stripe, { ...monthly, unit_amount: 300 })).id);
    const { invoice } = await control.pay(session.id);
    const { lines } = await kit.stripe.invoices.retrieve(idOf(invoice) ?? "");
    expect(lines.data.map(({ amount }) => amount)).toEqual([2_000, 300]);
  });

  it("costs nothing during a trial", async () => {
    const { session } = await subscribeTo({ subscription_data: { trial_period_days: 7 } });
    const { id: price } = await createPrice(kit.stripe, { ...monthly, unit_amount: 300 });
    expect(await control.takeAddOn(session.id, { price, kind: "cross_sell" })).toMatchObject({
      amount_total: 0,
    });
  });

  it("is not for a session that is over, nor in another currency", async () => {
    const session = await createSession(kit.stripe);
    const wanted = async (price: Stripe.Price) =>
      await control.takeAddOn(session.id, { price: price.id, kind: "cross_sell" });
    const foreign = await createPrice(kit.stripe, { currency: "eur" });
    await expect(wanted(foreign)).rejects.toMatchObject({ status: 400 });
    await control.expire(session.id);
    await expect(wanted(await createPrice(kit.stripe))).rejects.toMatchObject({ status: 400 });
  });
});

/** Source: https://docs.stripe.com/payments/checkout/upsells */
describe("an upsell", () => {
  it("replaces the price of the line, whose quantity stays", async () => {
    const { session, upsell } = await subscribeTo();
    const [line] = (await kit.stripe.checkout.sessions.listLineItems(session.id)).data;
    const changed = await control.takeAddOn(session.id, { price: upsell, kind: "upsell" });
    expect(changed).toMatchObject({ amount_total: 18_000, metadata: { order: "1" } });
    expect(await readLines(session.id)).toEqual([[upsell, 18_000, 2]]);
    const [replaced] = (await kit.stripe.checkout.sessions.listLineItems(session.id)).data;
    expect(replaced).toMatchObject({ id: line?.id, metadata: { seat: "1" } });
    const { subscription } = await control.pay(session.id);
    expect(await kit.stripe.subscriptions.retrieve(idOf(subscription) ?? "")).toMatchObject({
      items: { data: [{ price: { id: upsell }, quantity: 2 }] },
    });
  });

  it("is a price of the same product, and keeps the quantity", async () => {
    const { session, upsell } = await subscribeTo();
    const { id: other } = await createPrice(kit.stripe, yearly);
    const refused = { status: 400 };
    await expect(control.takeAddOn(session.id, { price: other, kind: "upsell" })).rejects.toMatchObject(
      refused,
    );
    const wanted = { price: upsell, kind: "upsell", quantity: 1 };
    expect(await kit.control(`checkout/${session.id}/add_on`, wanted)).toMatchObject(refused);
  });

  it("is only for a subscription to one price", async () => {
    const once = await createPrice(kit.stripe);
    const session = await createSession(kit.stripe, { line_items: [{ price: once.id, quantity: 1 }] });
    const dearer = await kit.stripe.prices.create({
      currency: "usd",
      product: productOf(once),
      unit_amount: 2_000,
    });
    await expect(control.takeAddOn(session.id, { price: dearer.id, kind: "upsell" })).rejects.toMatchObject({
      status: 400,
    });
    const { session: double, upsell } = await subscribeTo();
    const { id: price } = await createPrice(kit.stripe, monthly);
    await control.takeAddOn(double.id, { price, kind: "cross_sell" });
    await expect(control.takeAddOn(double.id, { price: upsell, kind: "upsell" })).rejects.toMatchObject({
      status: 400,
    });
  });
});
