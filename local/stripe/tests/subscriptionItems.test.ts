import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { createPrice } from "../testing/shop.ts";
import {
  changeItem,
  invoicesOf,
  reload,
  renew,
  subscribe,
  toMiddleOfPeriod,
  type Subscribed,
} from "../testing/subscriptions.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

async function monthly(unitAmount: number, name = "More"): Promise<string> {
  const recurring = { interval: "month" } as const;
  return (await createPrice(kit.stripe, { unit_amount: unitAmount, recurring, name })).id;
}

async function update(
  { subscriptionId }: Subscribed,
  items: Stripe.SubscriptionUpdateParams.Item[],
  params: Stripe.SubscriptionUpdateParams = { proration_behavior: "always_invoice" },
): Promise<Stripe.Subscription> {
  return kit.stripe.subscriptions.update(subscriptionId, { ...params, items });
}

async function itemIdsOf(subscribed: Subscribed): Promise<string[]> {
  return (await reload(kit, subscribed)).items.data.map(({ id }) => id);
}

async function latestAmounts(subscribed: Subscribed): Promise<number[]> {
  const latest = (await invoicesOf(kit, subscribed)).at(-1);
  return (latest?.lines.data ?? []).map(({ amount }) => amount);
}

// https://docs.stripe.com/api/subscriptions/update#update_subscription-items
describe("an item without an id in an update", () => {
  it("is added to the subscription's period, and the rest of it is billed", async () => {
    const subscribed = await subscribe(kit);
    const [own] = await itemIdsOf(subscribed);
    await toMiddleOfPeriod(kit, subscribed);
    const price = await monthly(3000);
    const { items } = await update(subscribed, [{ price, quantity: 2 }]);
    const [first, second] = items.data;
    expect(second).toMatchObject({
      id: expect.stringMatching(/^si_/),
      price: { id: price },
      quantity: 2,
      subscription: subscribed.subscriptionId,
      current_period_start: first?.current_period_start,
      current_period_end: first?.current_period_end,
    });
    expect(first?.id).toBe(own);
    expect((await invoicesOf(kit, subscribed)).at(-1)?.lines.data).toMatchObject([
      {
        amount: 3000,
        quantity: 2,
        parent: { subscription_item_details: { proration: true, subscription_item: second?.id } },
      },
    ]);
    await renew(kit, subscribed);
    expect(await latestAmounts(subscribed)).toStrictEqual([2000, 6000]);
  });

  it("costs nothing until the renewal without proration", async () => {
    const subscribed = await subscribe(kit);
    await update(subscribed, [{ price: await monthly(3000) }], { proration_behavior: "none" });
    expect(await invoicesOf(kit, subscribed)).toHaveLength(1);
    await renew(kit, subscribed);
    expect(await latestAmounts(subscribed)).toStrictEqual([2000, 3000]);
  });

  it("is refused without a price, with another interval, not by unit, and if an item has its price", async () => {
    const subscribed = await subscribe(kit);
    const packs = await createPrice(kit.stripe, {
      recurring: { interval: "month" },
      transform_quantity: { divide_by: 10, round: "up" },
    });
    expect((await errorOf(update(subscribed, [{ price: packs.id }]))).param).toBe("items[0][price]");
    const yearly = await createPrice(kit.stripe, { recurring: { interval: "year" } });
    expect((await errorOf(update(subscribed, [{ quantity: 2 }]))).param).toBe("items[0][price]");
    expect((await errorOf(update(subscribed, [{ price: yearly.id }]))).param).toBe("items");
    expect((await errorOf(update(subscribed, [{ price: subscribed.price.id }]))).param).toBe("items");
    expect(await itemIdsOf(subscribed)).toHaveLength(1);
  });
});

describe("an item that is deleted in an update", () => {
  it("is gone, and its unused time is given back", async () => {
    const subscribed = await subscribe(kit);
    await update(subscribed, [{ price: await monthly(3000) }]);
    const [own = "", other] = await itemIdsOf(subscribed);
    await toMiddleOfPeriod(kit, subscribed);
    await update(subscribed, [{ id: own, deleted: true }]);
    expect(await itemIdsOf(subscribed)).toStrictEqual([other]);
    const [first, , third] = await invoicesOf(kit, subscribed);
    expect(third).toMatchObject({ total: -1000, ending_balance: -1000 });
    expect(third?.lines.data[0]?.parent?.subscription_item_details).toMatchObject({
      subscription_item: own,
      proration_details: { credited_items: { invoice: first?.id } },
    });
    await renew(kit, subscribed);
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({ total: 3000, amount_paid: 2000 });
  });

  // https://docs.stripe.com/billing/subscriptions/billing-mode/compare
  it.each([
    ["nothing in flexible billing", "flexible", []],
    ["what it costs now in classic billing", "classic", [-1500]],
  ] as const)("gives back %s if it was never billed", async (_what, type, amounts) => {
    const subscribed = await subscribe(kit, { session: { subscription_data: { billing_mode: { type } } } });
    await update(subscribed, [{ price: await monthly(3000) }], { proration_behavior: "none" });
    const [, id = ""] = await itemIdsOf(subscribed);
    await toMiddleOfPeriod(kit, subscribed);
    await update(subscribed, [{ id, deleted: true }]);
    const [, second] = await invoicesOf(kit, subscribed);
    expect((second?.lines.data ?? []).map(({ amount }) => amount)).toStrictEqual([...amounts]);
  });

  it("is refused if it is the last one, unknown, or changes as well", async () => {
    const subscribed = await subscribe(kit);
    const [id = ""] = await itemIdsOf(subscribed);
    expect((await errorOf(update(subscribed, [{ id, deleted: true }]))).param).toBe("items");
    const unknown = update(subscribed, [{ id: "si_no", deleted: true }]);
    expect((await errorOf(unknown)).param).toBe("items[0][id]");
    expect((await errorOf(update(subscribed, [{ deleted: true }]))).param).toBe("items[0][id]");
    const both = update(subscribed, [{ id, deleted: true, quantity: 2 }]);
    expect(await errorOf(both)).toMatchObject({ statusCode: 400 });
    expect(await itemIdsOf(subscribed)).toStrictEqual([id]);
  });
});

describe("an item with another price in an update", () => {
  it("has a quantity of 1 again unless the update names one", async () => {
    const subscribed = await subscribe(kit);
    await changeItem(kit, subscribed, { quantity: 3 });
    const kept = await changeItem(kit, subscribed, { price: await monthly(3000), quantity: 3 });
    expect(kept.items.data[0]?.quantity).toBe(3);
    const reset = await changeItem(kit, subscribed, { price: await monthly(5000) });
    expect(reset.items.data[0]?.quantity).toBe(1);
  });

  it("may come with another that goes and one that is new, each prorated by itself", async () => {
    const subscribed = await subscribe(kit);
    await update(subscribed, [{ price: await monthly(3000) }]);
    const [first = "", second = ""] = await itemIdsOf(subscribed);
    await toMiddleOfPeriod(kit, subscribed);
    await update(subscribed, [
      { id: first, price: await monthly(4000) },
      { id: second, deleted: true },
      { price: await monthly(1000) },
    ]);
    expect(await latestAmounts(subscribed)).toStrictEqual([-1000, 2000, -1500, 500]);
    await renew(kit, subscribed);
    expect(await latestAmounts(subscribed)).toStrictEqual([4000, 1000]);
  });
});

// https://docs.stripe.com/api/invoices/object#invoice_object-lines
describe("an invoice of more than ten lines", () => {
  it("shows ten, prorations before what renews, and lists all of them page by page", async () => {
    const subscribed = await subscribe(kit);
    await toMiddleOfPeriod(kit, subscribed);
    for (const unitAmount of [3000, 4000, 5000, 6000, 7000]) {
      await changeItem(kit, subscribed, { price: await monthly(unitAmount) });
    }
    await renew(kit, subscribed);
    const latest = (await invoicesOf(kit, subscribed)).at(-1);
    expect(latest?.lines).toMatchObject({ has_more: true });
    expect(latest?.lines.data).toHaveLength(10);
    expect(latest?.lines.data.every(({ parent }) => parent?.subscription_item_details?.proration)).toBe(true);
    const all = await kit.stripe.invoices.listLineItems(latest?.id ?? "", { limit: 4 }).autoPagingToArray({
      limit: 100,
    });
    expect(all.map(({ amount }) => amount)).toStrictEqual([
      -1000, 1500, -1500, 2000, -2000, 2500, -2500, 3000, -3000, 3500, 7000,
    ]);
    expect(latest?.total).toBe(9500);
  });
});
