import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startKit, type Kit } from "../testing/kit.ts";
import { eventTypesSince, lastEventId } from "../testing/payments.ts";
import { createPrice } from "../testing/shop.ts";
import {
  advance,
  changeItem,
  DAY,
  HOUR,
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

async function cancel(
  { subscriptionId }: Subscribed,
  params: Stripe.SubscriptionCancelParams,
): Promise<Stripe.Subscription> {
  return kit.stripe.subscriptions.cancel(subscriptionId, params);
}

async function balanceOf({ customerId }: Subscribed): Promise<number | undefined> {
  const customer = await kit.stripe.customers.retrieve(customerId);
  return customer.deleted ? undefined : customer.balance;
}

async function monthly(unitAmount: number): Promise<string> {
  const recurring = { interval: "month" } as const;
  return (await createPrice(kit.stripe, { unit_amount: unitAmount, recurring, name: "Premium" })).id;
}

// https://docs.stripe.com/api/subscriptions/cancel
describe("canceling now with prorate and invoice_now", () => {
  it("credits the unused time in a final invoice, which becomes the customer's balance", async () => {
    const subscribed = await subscribe(kit);
    await toMiddleOfPeriod(kit, subscribed);
    const before = await lastEventId(kit);
    const canceled = await cancel(subscribed, { prorate: true, invoice_now: true });
    const [first, final] = await invoicesOf(kit, subscribed);
    expect(canceled).toMatchObject({ status: "canceled", latest_invoice: final?.id });
    expect(final).toMatchObject({
      status: "paid",
      total: -1000,
      amount_due: 0,
      starting_balance: 0,
      ending_balance: -1000,
      lines: {
        data: [
          {
            amount: -1000,
            parent: {
              subscription_item_details: {
                proration: true,
                proration_details: {
                  credited_items: { invoice: first?.id, invoice_line_items: [first?.lines.data[0]?.id] },
                },
              },
            },
          },
        ],
      },
    });
    expect(await balanceOf(subscribed)).toBe(-1000);
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "invoiceitem.created",
      "invoice.created",
      "customer.subscription.deleted",
      "customer.updated",
      "invoice.finalized",
      "invoice.paid",
      "invoice.payment_succeeded",
    ]);
    await advance(kit, 62 * DAY);
    expect(await invoicesOf(kit, subscribed)).toHaveLength(2);
  });

  it("leaves a balance that pays the renewals of another subscription", async () => {
    const subscribed = await subscribe(kit);
    await toMiddleOfPeriod(kit, subscribed);
    await cancel(subscribed, { prorate: true, invoice_now: true });
    const another = await subscribe(kit, { session: { customer: subscribed.customerId } });
    await renew(kit, another);
    expect((await invoicesOf(kit, another)).at(-1)).toMatchObject({
      total: 2000,
      starting_balance: -1000,
      amount_due: 1000,
      amount_paid: 1000,
      ending_balance: 0,
    });
  });

  it("credits every item, and as it was discounted", async () => {
    const coupon = await kit.stripe.coupons.create({ percent_off: 50, duration: "once" });
    const subscribed = await subscribe(kit, {
      session: {
        line_items: [
          { price: await monthly(2000), quantity: 1 },
          { price: await monthly(6000), quantity: 1 },
        ],
        discounts: [{ coupon: coupon.id }],
      },
    });
    await toMiddleOfPeriod(kit, subscribed);
    await cancel(subscribed, { prorate: true, invoice_now: true });
    const final = (await invoicesOf(kit, subscribed)).at(-1);
    expect(final?.lines.data.map(({ amount }) => amount)).toStrictEqual([-500, -1500]);
    expect(await balanceOf(subscribed)).toBe(-2000);
  });

  it("bills what is pending in the same invoice", async () => {
    const subscribed = await subscribe(kit);
    await changeItem(kit, subscribed, { price: await monthly(5000) });
    await toMiddleOfPeriod(kit, subscribed);
    await cancel(subscribed, { prorate: true, invoice_now: true });
    const final = (await invoicesOf(kit, subscribed)).at(-1);
    expect(final?.lines.data).toHaveLength(3);
    expect(final).toMatchObject({ total: 500, amount_paid: 500, status: "paid" });
  });

  it("has nothing to give back during a trial or without money", async () => {
    const trial = await subscribe(kit, { session: { subscription_data: { trial_period_days: 10 } } });
    expect(await cancel(trial, { prorate: true, invoice_now: true })).toMatchObject({ status: "canceled" });
    expect(await invoicesOf(kit, trial)).toHaveLength(1);
    const coupon = await kit.stripe.coupons.create({ percent_off: 100, duration: "forever" });
    const free = await subscribe(kit, { session: { discounts: [{ coupon: coupon.id }] } });
    await cancel(free, { prorate: true, invoice_now: true });
    expect((await invoicesOf(kit, free)).at(-1)).toMatchObject({ total: 0 });
    expect(await balanceOf(free)).toBe(0);
  });

  it("gives back what an unpaid invoice billed, too, which is collected no longer", async () => {
    const subscribed = await subscribe(kit);
    const { subscriptionId } = subscribed;
    await kit.control(`subscriptions/${subscriptionId}/payment_method`, { card: "4000000000000341" });
    await renew(kit, subscribed);
    expect(await reload(kit, subscribed)).toMatchObject({ status: "past_due" });
    const { items } = await reload(kit, subscribed);
    const { current_period_start: start = 0, current_period_end: end = 0 } = items.data[0] ?? {};
    await kit.control("clock", { now: start + 5 * DAY });
    await cancel(subscribed, { prorate: true, invoice_now: true });
    await advance(kit, 31 * DAY);
    const [, unpaid, final] = await invoicesOf(kit, subscribed);
    const credit = -Math.round((2000 * (end - start - 5 * DAY)) / (end - start));
    expect(unpaid).toMatchObject({ status: "open", auto_advance: false, amount_due: 2000 });
    expect(final).toMatchObject({ total: credit, ending_balance: credit });
  });
});

describe("canceling now with one of prorate and invoice_now", () => {
  it("keeps the credit pending without an invoice", async () => {
    const subscribed = await subscribe(kit);
    await toMiddleOfPeriod(kit, subscribed);
    const before = await lastEventId(kit);
    await cancel(subscribed, { prorate: true });
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "invoiceitem.created",
      "customer.subscription.deleted",
    ]);
    expect(await invoicesOf(kit, subscribed)).toHaveLength(1);
    expect(await balanceOf(subscribed)).toBe(0);
  });

  it("bills only what is pending without a proration", async () => {
    const subscribed = await subscribe(kit);
    await toMiddleOfPeriod(kit, subscribed);
    await changeItem(kit, subscribed, { price: await monthly(5000) });
    await cancel(subscribed, { invoice_now: true });
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({ total: 1500, amount_paid: 1500 });
    const other = await subscribe(kit);
    await cancel(other, { invoice_now: true });
    expect(await invoicesOf(kit, other)).toHaveLength(1);
  });

  it("drops what is pending with neither", async () => {
    const subscribed = await subscribe(kit);
    await toMiddleOfPeriod(kit, subscribed);
    await changeItem(kit, subscribed, { price: await monthly(5000) });
    const before = await lastEventId(kit);
    await cancel(subscribed, { prorate: false, invoice_now: false });
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "invoiceitem.deleted",
      "invoiceitem.deleted",
      "customer.subscription.deleted",
    ]);
    await advance(kit, HOUR);
    expect(await invoicesOf(kit, subscribed)).toHaveLength(1);
  });
});
