import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { eventTypesSince, lastEventId } from "../testing/payments.ts";
import { createPrice } from "../testing/shop.ts";
import {
  DAY,
  invoicesOf,
  renew,
  subscribe,
  subscribeAgain,
  toMiddleOfPeriod,
} from "../testing/subscriptions.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

async function monthly(unitAmount: number): Promise<string> {
  const recurring = { interval: "month" } as const;
  return (await createPrice(kit.stripe, { unit_amount: unitAmount, recurring })).id;
}

async function firstInvoiceOf({ id }: Stripe.Subscription): Promise<Stripe.Invoice> {
  const { data } = await kit.stripe.invoices.list({ subscription: id });
  const [first] = data;
  if (data.length !== 1 || first === undefined) throw new Error("Expected one invoice");
  return first;
}

// https://docs.stripe.com/api/subscriptions/create
describe("a subscription that is created through the API", () => {
  it("is active and paid at once with the customer's card", async () => {
    const owner = await subscribe(kit);
    const before = await lastEventId(kit);
    const [one, two] = [await monthly(1000), await monthly(3000)];
    const created = await subscribeAgain(kit, owner, {
      items: [{ price: one }, { price: two, quantity: 2 }],
      metadata: { a: "1" },
      billing_mode: { type: "flexible", flexible: { proration_discounts: "itemized" } },
    });
    expect(created).toMatchObject({
      status: "active",
      customer: owner.customerId,
      metadata: { a: "1" },
      billing_mode: { type: "flexible", flexible: { proration_discounts: "itemized" } },
      items: {
        data: [
          { price: { id: one }, quantity: 1 },
          { price: { id: two }, quantity: 2 },
        ],
      },
    });
    expect(await firstInvoiceOf(created)).toMatchObject({
      id: created.latest_invoice,
      billing_reason: "subscription_create",
      status: "paid",
      amount_paid: 7000,
    });
    expect(await eventTypesSince(kit, before)).toStrictEqual(
      expect.arrayContaining(["customer.subscription.created", "payment_intent.succeeded", "invoice.paid"]),
    );
    await renew(kit, { ...owner, subscriptionId: created.id });
    expect(await invoicesOf(kit, { ...owner, subscriptionId: created.id })).toHaveLength(2);
  });

  it("is flexible with included discounts by default", async () => {
    expect(await subscribeAgain(kit, await subscribe(kit))).toMatchObject({
      billing_mode: { type: "flexible", flexible: { proration_discounts: "included" } },
    });
    const owner = await subscribe(kit);
    expect(await subscribeAgain(kit, owner, { billing_mode: { type: "classic" } })).toMatchObject({
      billing_mode: { type: "classic" },
    });
  });

  it("may have discounts and a trial", async () => {
    const owner = await subscribe(kit);
    const coupon = await kit.stripe.coupons.create({ percent_off: 25, duration: "forever" });
    const half = await subscribeAgain(kit, owner, { discounts: [{ coupon: coupon.id }] });
    expect(half.discounts).toHaveLength(1);
    expect(await firstInvoiceOf(half)).toMatchObject({ subtotal: 2000, total: 1500, amount_paid: 1500 });
    const trial = await subscribeAgain(kit, owner, { trial_period_days: 7 });
    expect(trial).toMatchObject({ status: "trialing", trial_end: trial.created + 7 * DAY });
    expect(await firstInvoiceOf(trial)).toMatchObject({ total: 0, lines: { data: [{ amount: 0 }] } });
  });

  // https://docs.stripe.com/billing/customer/balance
  it("is paid from the balance that a canceled one left", async () => {
    const owner = await subscribe(kit);
    await toMiddleOfPeriod(kit, owner);
    await kit.stripe.subscriptions.cancel(owner.subscriptionId, { prorate: true, invoice_now: true });
    expect(await firstInvoiceOf(await subscribeAgain(kit, owner))).toMatchObject({
      total: 2000,
      starting_balance: -1000,
      ending_balance: 0,
      amount_due: 1000,
      amount_paid: 1000,
    });
    await kit.stripe.customers.createBalanceTransaction(owner.customerId, { amount: -5000, currency: "usd" });
    expect(await firstInvoiceOf(await subscribeAgain(kit, owner))).toMatchObject({
      total: 2000,
      starting_balance: -5000,
      ending_balance: -3000,
      amount_due: 0,
      status: "paid",
    });
  });

  it("is refused without a card that pays, and with items that do not go together", async () => {
    const owner = await subscribe(kit);
    const nobody = await kit.stripe.customers.create({});
    const items = [{ price: owner.price.id }];
    const create = (params: Stripe.SubscriptionCreateParams) =>
      errorOf(kit.stripe.subscriptions.create(params));
    expect(await create({ customer: nobody.id, items })).toMatchObject({ param: "default_payment_method" });
    expect(await create({ customer: "cus_no", items })).toMatchObject({ code: "resource_missing" });
    expect((await errorOf(subscribeAgain(kit, owner, { items: [] }))).param).toBe("items");
    const twice = await errorOf(subscribeAgain(kit, owner, { items: [...items, ...items] }));
    expect(twice.param).toBe("items");
    const once = (await createPrice(kit.stripe)).id;
    expect((await errorOf(subscribeAgain(kit, owner, { items: [{ price: once }] }))).param).toBe(
      "items[0][price]",
    );
    await kit.control(`subscriptions/${owner.subscriptionId}/payment_method`, { card: "4000000000000341" });
    expect((await errorOf(subscribeAgain(kit, owner))).param).toBe("default_payment_method");
    expect((await kit.stripe.subscriptions.list({ customer: owner.customerId })).data).toHaveLength(1);
  });
});
