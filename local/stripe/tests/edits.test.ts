import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { buy, eventsSince, eventTypesSince, lastEventId } from "../testing/payments.ts";
import { createPrice, createSession, productOf } from "../testing/shop.ts";
import { advance, DAY, subscribe } from "../testing/subscriptions.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

describe("editing the catalogue", () => {
  it("tells what changed about products and prices", async () => {
    const price = await createPrice(kit.stripe);
    const product = productOf(price);
    const before = await lastEventId(kit);
    await kit.stripe.products.update(product, { name: "Bigger", metadata: { creditsAmount: "5" } });
    await kit.stripe.products.update(product, { default_price: price.id });
    await kit.stripe.prices.update(price.id, { nickname: "Main", metadata: { a: "1" } });
    expect(await eventsSince(kit, before)).toMatchObject([
      {
        type: "product.updated",
        data: { previous_attributes: { name: "Credit pack", metadata: { creditsAmount: null } } },
      },
      { type: "product.updated", data: { previous_attributes: { default_price: null } } },
      { type: "price.updated", data: { previous_attributes: { nickname: null, metadata: { a: null } } } },
    ]);
  });

  it("tells that a lookup key has left a price", async () => {
    const first = await createPrice(kit.stripe, { lookup_key: "pack" });
    const before = await lastEventId(kit);
    await createPrice(kit.stripe, { lookup_key: "pack", transfer_lookup_key: true });
    expect(await eventsSince(kit, before)).toMatchObject([
      { type: "product.created" },
      {
        type: "price.updated",
        data: { object: { id: first.id }, previous_attributes: { lookup_key: "pack" } },
      },
      { type: "price.created" },
    ]);
  });

  it("keeps a default price from being archived", async () => {
    const price = await createPrice(kit.stripe);
    await kit.stripe.products.update(productOf(price), { default_price: price.id });
    expect((await errorOf(kit.stripe.prices.update(price.id, { active: false }))).message).toBe(
      "This price cannot be archived because it is the default price of its product.",
    );
    const other = await kit.stripe.prices.create({
      currency: "usd",
      unit_amount: 700,
      product: productOf(price),
    });
    await kit.stripe.products.update(productOf(price), { default_price: other.id });
    expect(await kit.stripe.prices.update(price.id, { active: false })).toMatchObject({ active: false });
  });

  it("deletes a product without prices, and a price that was never sold", async () => {
    const price = await createPrice(kit.stripe);
    const product = productOf(price);
    const before = await lastEventId(kit);
    expect((await errorOf(kit.stripe.products.del(product))).message).toContain("user-created prices");
    expect((await kit.control(`prices/${price.id}/delete`, {})).status).toBe(200);
    expect(await kit.stripe.products.del(product)).toStrictEqual(
      expect.objectContaining({ id: product, object: "product", deleted: true }),
    );
    expect(await eventTypesSince(kit, before)).toStrictEqual(["price.deleted", "product.deleted"]);
    expect(await errorOf(kit.stripe.products.retrieve(product))).toMatchObject({ statusCode: 404 });
    expect(await errorOf(kit.stripe.products.del(product))).toMatchObject({ statusCode: 404 });
    const sold = await createPrice(kit.stripe);
    await createSession(kit.stripe, { line_items: [{ price: sold.id, quantity: 1 }] });
    expect((await kit.control(`prices/${sold.id}/delete`, {})).status).toBe(409);
    expect((await kit.control("prices/price_no/delete", {})).status).toBe(404);
  });
});

describe("deleting a customer", () => {
  it("ends his subscriptions first, and leaves what he paid", async () => {
    const { customerId, subscriptionId } = await subscribe(kit);
    const before = await lastEventId(kit);
    await kit.stripe.customers.del(customerId);
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "customer.subscription.deleted",
      "customer.deleted",
    ]);
    expect(await kit.stripe.subscriptions.retrieve(subscriptionId, { expand: ["customer"] })).toMatchObject({
      status: "canceled",
      customer: { id: customerId, deleted: true },
    });
    const { data } = await kit.stripe.charges.list({ customer: customerId });
    expect(await kit.stripe.refunds.create({ charge: data[0]?.id ?? "" })).toMatchObject({ amount: 2000 });
    await advance(kit, 40 * DAY);
    expect((await kit.stripe.invoices.list({ subscription: subscriptionId })).data).toHaveLength(1);
  });

  it("leaves his open sessions open, and nobody can pay them", async () => {
    const { id: customer } = await kit.stripe.customers.create({ email: "a@example.com" });
    const recurring = { interval: "month" } as const;
    const sessions = [
      await createSession(kit.stripe, { customer }),
      await createSession(kit.stripe, { customer, mode: "subscription", price: { recurring } }),
    ];
    await kit.stripe.customers.del(customer);
    for (const { id, url } of sessions) {
      expect(await kit.control(`checkout/${id}/pay`, {})).toMatchObject({
        status: 409,
        json: { error: { message: expect.stringContaining("was deleted") } },
      });
      const body = new URLSearchParams({
        action: "pay",
        card: "4242424242424242",
        expiry: "12/34",
        cvc: "123",
        name: "A",
      });
      const answer = await fetch(url ?? "", { method: "POST", body });
      expect([answer.status, await answer.text()]).toStrictEqual([
        402,
        expect.stringContaining("Something went wrong"),
      ]);
      expect((await kit.stripe.checkout.sessions.retrieve(id)).status).toBe("open");
      expect(await kit.stripe.checkout.sessions.expire(id)).toMatchObject({ status: "expired" });
    }
  });

  it("leaves his open invoices unpayable", async () => {
    const { customerId, subscriptionId } = await subscribe(kit);
    await kit.control(`subscriptions/${subscriptionId}/payment_method`, { card: "4000000000000341" });
    await advance(kit, 32 * DAY);
    const { data } = await kit.stripe.invoices.list({ subscription: subscriptionId, status: "open" });
    await kit.stripe.customers.del(customerId);
    expect(await errorOf(kit.stripe.invoices.pay(data[0]?.id ?? ""))).toMatchObject({
      statusCode: 400,
      code: "resource_missing",
    });
  });
});

describe("walking the events", () => {
  it("goes forward from a cursor, page by page, without a gap or a repetition", async () => {
    await buy(kit);
    const cursor = await lastEventId(kit);
    await buy(kit);
    await buy(kit);
    const expected = (await eventsSince(kit, cursor)).map(({ id }) => id);
    const walked: string[] = [];
    for (let before = cursor, more = true; more;) {
      const page: Stripe.ApiList<Stripe.Event> = await kit.stripe.events.list({
        ending_before: before,
        limit: 3,
      });
      walked.push(...page.data.map(({ id }) => id).toReversed());
      before = walked.at(-1) ?? before;
      more = page.has_more;
    }
    expect(walked).toStrictEqual(expected);
    const sdk = await kit.stripe.events
      .list({ ending_before: cursor, limit: 4 })
      .autoPagingToArray({ limit: 100 });
    expect(sdk.map(({ id }) => id)).toStrictEqual(expected);
  });

  it("narrows to types and times on the way", async () => {
    const { intentId } = await buy(kit);
    const cursor = await lastEventId(kit);
    await advance(kit, 100);
    await kit.stripe.refunds.create({ payment_intent: intentId, amount: 100 });
    await advance(kit, 100);
    await kit.stripe.refunds.create({ payment_intent: intentId, amount: 200 });
    const types = ["refund.created", "charge.refunded"];
    const first = await kit.stripe.events.list({ types, ending_before: cursor, limit: 2 });
    expect([first.has_more, first.data.map(({ type }) => type)]).toStrictEqual([
      true,
      ["charge.refunded", "refund.created"],
    ]);
    const rest = await kit.stripe.events.list({ types, ending_before: first.data[0]?.id ?? "", limit: 2 });
    expect([rest.has_more, rest.data.map(({ type }) => type)]).toStrictEqual([
      false,
      ["charge.refunded", "refund.created"],
    ]);
    const since = rest.data[0]?.created ?? 0;
    const late = await kit.stripe.events.list({ types, created: { gte: since } });
    expect(late.data.map(({ id }) => id)).toStrictEqual(rest.data.map(({ id }) => id));
    expect((await kit.stripe.events.list({ types, created: { lt: since } })).data).toHaveLength(2);
  });

  it("ends 30 days back", async () => {
    const { id } = await kit.stripe.customers.create({});
    const old = await lastEventId(kit);
    await advance(kit, 31 * DAY);
    await kit.stripe.customers.update(id, { name: "B" });
    expect((await kit.stripe.events.list()).data.map(({ type }) => type)).toStrictEqual(["customer.updated"]);
    expect(await errorOf(kit.stripe.events.retrieve(old))).toMatchObject({ statusCode: 404 });
    expect(await errorOf(kit.stripe.events.list({ ending_before: old }))).toMatchObject({
      code: "resource_missing",
      param: "ending_before",
    });
  });
});
