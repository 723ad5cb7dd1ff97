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

type Billing = "classic" | "included" | "itemized";

async function createCoupon(params: Stripe.CouponCreateParams): Promise<string> {
  return (await kit.stripe.coupons.create(params)).id;
}

/** A subscription for 20 USD a month with a coupon. */
async function subscribeWith(
  coupon: Stripe.CouponCreateParams,
  { billing = "included", ...session }: { billing?: Billing } & Stripe.Checkout.SessionCreateParams = {},
): Promise<Subscribed> {
  return subscribe(kit, {
    session: {
      discounts: [{ coupon: await createCoupon(coupon) }],
      ...session,
      subscription_data: {
        billing_mode:
          billing === "classic"
            ? { type: "classic" }
            : { type: "flexible", flexible: { proration_discounts: billing } },
        ...session.subscription_data,
      },
    },
  });
}

async function monthly(unitAmount: number): Promise<string> {
  const recurring = { interval: "month" } as const;
  return (await createPrice(kit.stripe, { unit_amount: unitAmount, recurring, name: "Premium" })).id;
}

/** What the subscription's invoices ask for, oldest first. */
async function totalsOf(subscribed: Subscribed): Promise<number[]> {
  return (await invoicesOf(kit, subscribed)).map(({ total }) => total);
}

/** Each line's amount, and what the subscription's discounts take off it. */
function toAmounts({ lines }: { lines: Stripe.Invoice["lines"] }): [number, number[]][] {
  return lines.data.map(({ amount, discount_amounts: discounts }) => [
    amount,
    (discounts ?? []).map((discount) => discount.amount),
  ]);
}

async function latestOf(subscribed: Subscribed): Promise<Stripe.Invoice> {
  const latest = (await invoicesOf(kit, subscribed)).at(-1);
  if (latest === undefined) throw new Error("Expected an invoice");
  return latest;
}

// https://docs.stripe.com/billing/subscriptions/coupons
describe("a subscription that a checkout discounted", () => {
  it("has the discount, and its invoice shows gross lines with what is taken off", async () => {
    const subscribed = await subscribeWith({ percent_off: 25, duration: "forever" });
    const { discounts } = await reload(kit, subscribed);
    expect(discounts).toStrictEqual([expect.stringMatching(/^di_/)]);
    expect(subscribed.session).toMatchObject({
      amount_subtotal: 2000,
      amount_total: 1500,
      total_details: { amount_discount: 500 },
    });
    expect(await latestOf(subscribed)).toMatchObject({
      discounts,
      subtotal: 2000,
      total: 1500,
      amount_due: 1500,
      amount_paid: 1500,
      total_discount_amounts: [{ amount: 500, discount: discounts[0] }],
      lines: {
        data: [
          {
            amount: 2000,
            subtotal: 2000,
            discountable: true,
            discounts,
            discount_amounts: [{ amount: 500, discount: discounts[0] }],
          },
        ],
      },
    });
  });

  it("divides an amount among its lines in proportion, and leaves nothing over", async () => {
    const subscribed = await subscribeWith(
      { amount_off: 1000, currency: "usd", duration: "once" },
      {
        line_items: [
          { price: await monthly(1000), quantity: 1 },
          { price: await monthly(1000), quantity: 1 },
          { price: await monthly(1000), quantity: 1 },
        ],
      },
    );
    const invoice = await latestOf(subscribed);
    expect(invoice).toMatchObject({ subtotal: 3000, total: 2000 });
    const taken = toAmounts(invoice).flatMap(([, amounts]) => amounts);
    expect(taken).toHaveLength(3);
    expect(taken).toStrictEqual(expect.arrayContaining([333, 334]));
  });

  it("asks for nothing if all of it is taken off", async () => {
    const whole = await subscribeWith({ percent_off: 100, duration: "forever" });
    expect(await latestOf(whole)).toMatchObject({ subtotal: 2000, total: 0, amount_paid: 0, status: "paid" });
    const more = await subscribeWith({ amount_off: 9900, currency: "usd", duration: "once" });
    expect(await latestOf(more)).toMatchObject({ subtotal: 2000, total: 0, starting_balance: 0 });
    expect(await totalsOf(more)).toStrictEqual([0]);
  });

  it.each([
    ["one invoice", { duration: "once" }, [1000, 2000, 2000, 2000]],
    ["two months", { duration: "repeating", duration_in_months: 2 }, [1000, 1000, 2000, 2000]],
    ["ever", { duration: "forever" }, [1000, 1000, 1000, 1000]],
  ] as const)("is discounted for %s", async (_time, duration, totals) => {
    const subscribed = await subscribeWith({ percent_off: 50, ...duration });
    for (let count = 1; count < totals.length; count += 1) await renew(kit, subscribed);
    expect(await totalsOf(subscribed)).toStrictEqual([...totals]);
    const invoices = await invoicesOf(kit, subscribed);
    expect(invoices.map(({ discounts }) => discounts.length)).toStrictEqual(
      totals.map((total) => (total === 1000 ? 1 : 0)),
    );
  });

  it("has lines of nothing during a trial, and uses the coupon afterwards", async () => {
    const subscribed = await subscribeWith(
      { percent_off: 50, duration: "once" },
      { subscription_data: { trial_period_days: 7 } },
    );
    expect(await latestOf(subscribed)).toMatchObject({
      subtotal: 0,
      total: 0,
      lines: { data: [{ amount: 0 }] },
    });
    await renew(kit, subscribed);
    await renew(kit, subscribed);
    expect(await totalsOf(subscribed)).toStrictEqual([0, 1000, 2000]);
  });
});

// https://docs.stripe.com/billing/subscriptions/prorations#prorations-and-discounts
describe("a proration of a discounted subscription", () => {
  it.each([
    [
      "is net of it and does not name it, in classic billing",
      "classic",
      [
        [-500, []],
        [1250, []],
      ],
    ],
    [
      "is net of it but names it, if it is included",
      "included",
      [
        [-500, [0]],
        [1250, [0]],
      ],
    ],
    [
      "is gross and says what is taken off, if it is itemized",
      "itemized",
      [
        [-1000, [-500]],
        [2500, [1250]],
      ],
    ],
  ] as const)("%s", async (_what, billing, lines) => {
    const subscribed = await subscribeWith({ percent_off: 50, duration: "forever" }, { billing });
    const { discounts } = await reload(kit, subscribed);
    await toMiddleOfPeriod(kit, subscribed);
    await changeItem(kit, subscribed, { price: await monthly(5000), proration_behavior: "always_invoice" });
    const invoice = await latestOf(subscribed);
    expect(toAmounts(invoice)).toStrictEqual(lines);
    expect(invoice.total).toBe(750);
    expect(invoice.subtotal).toBe(billing === "itemized" ? 1500 : 750);
    for (const line of invoice.lines.data) {
      expect(line.discountable).toBe(false);
      expect(line.discounts).toStrictEqual(billing === "classic" ? [] : discounts);
    }
    expect(invoice.total_discount_amounts?.map(({ amount }) => amount)).toStrictEqual(
      { classic: [], included: [0], itemized: [750] }[billing],
    );
  });

  it.each(["classic", "included", "itemized"] as const)(
    "gives back what was paid with a coupon that is used up, and debits without it, %s",
    async (billing) => {
      const subscribed = await subscribeWith({ percent_off: 50, duration: "once" }, { billing });
      await toMiddleOfPeriod(kit, subscribed);
      await changeItem(kit, subscribed, { price: await monthly(5000), proration_behavior: "always_invoice" });
      expect((await latestOf(subscribed)).total).toBe(2000);
    },
  );

  it.each(["classic", "included", "itemized"] as const)(
    "is given back as it was discounted when the next change comes, %s",
    async (billing) => {
      const subscribed = await subscribeWith({ percent_off: 50, duration: "forever" }, { billing });
      await toMiddleOfPeriod(kit, subscribed);
      await changeItem(kit, subscribed, { price: await monthly(5000), proration_behavior: "always_invoice" });
      await kit.stripe.subscriptions.update(subscribed.subscriptionId, { discounts: "" });
      await changeItem(kit, subscribed, { price: await monthly(3000), proration_behavior: "always_invoice" });
      expect(await totalsOf(subscribed)).toStrictEqual([1000, 750, 1500 - 1250]);
    },
  );

  it.each(["classic", "included", "itemized"] as const)(
    "moves no money if all is taken off, %s",
    async (billing) => {
      const subscribed = await subscribeWith({ percent_off: 100, duration: "forever" }, { billing });
      await toMiddleOfPeriod(kit, subscribed);
      await changeItem(kit, subscribed, { price: await monthly(5000), proration_behavior: "always_invoice" });
      await changeItem(kit, subscribed, { price: await monthly(1000), proration_behavior: "always_invoice" });
      expect(await totalsOf(subscribed)).toStrictEqual([0, 0, 0]);
      expect(await latestOf(subscribed)).toMatchObject({ ending_balance: 0, status: "paid" });
    },
  );

  it("is refused if an amount is taken off, which local Stripe does not divide over time", async () => {
    const subscribed = await subscribeWith({ amount_off: 500, currency: "usd", duration: "forever" });
    const change = changeItem(kit, subscribed, { price: await monthly(5000) });
    expect(await errorOf(change)).toMatchObject({ statusCode: 400, param: "items" });
    await renew(kit, subscribed);
    expect(await totalsOf(subscribed)).toStrictEqual([1500, 1500]);
  });
});

// https://docs.stripe.com/api/subscriptions/update#update_subscription-discounts
describe("the discounts of an update", () => {
  it("replace those that the subscription has from the next invoice on", async () => {
    const subscribed = await subscribe(kit);
    const half = await createCoupon({ percent_off: 50, duration: "forever" });
    const quarter = await createCoupon({ percent_off: 25, duration: "forever" });
    const give = async (discounts: NonNullable<Stripe.SubscriptionUpdateParams["discounts"]>) => {
      const changed = await kit.stripe.subscriptions.update(subscribed.subscriptionId, { discounts });
      await renew(kit, subscribed);
      return changed.discounts;
    };
    expect(await give([{ coupon: half }])).toHaveLength(1);
    const [kept] = (await reload(kit, subscribed)).discounts;
    if (typeof kept !== "string") throw new Error("Expected the id of a discount");
    expect(await give([{ discount: kept }, { coupon: quarter }])).toMatchObject([kept, {}]);
    expect(await give([{ coupon: quarter }])).toHaveLength(1);
    expect(await give("")).toStrictEqual([]);
    expect(await totalsOf(subscribed)).toStrictEqual([2000, 1000, 750, 1500, 2000]);
    expect(await kit.stripe.coupons.retrieve(quarter)).toMatchObject({ times_redeemed: 2 });
  });

  it("stay as they are if an update does not name them", async () => {
    const subscribed = await subscribeWith({ percent_off: 50, duration: "forever" });
    await kit.stripe.subscriptions.update(subscribed.subscriptionId, { metadata: { a: "1" } });
    await renew(kit, subscribed);
    expect(await totalsOf(subscribed)).toStrictEqual([1000, 1000]);
  });

  it("are refused if they are unknown, of another currency or can no longer be redeemed", async () => {
    const subscribed = await subscribe(kit);
    const give = (discount: Stripe.SubscriptionUpdateParams.Discount) =>
      errorOf(kit.stripe.subscriptions.update(subscribed.subscriptionId, { discounts: [discount] }));
    expect(await give({ coupon: "no" })).toMatchObject({ param: "discounts[0][coupon]" });
    expect(await give({ discount: "di_no" })).toMatchObject({ param: "discounts[0][discount]" });
    const euros = await createCoupon({ amount_off: 100, currency: "eur", duration: "once" });
    expect(await give({ coupon: euros })).toMatchObject({ statusCode: 400, param: "discounts[0][coupon]" });
    const used = await createCoupon({ percent_off: 10, duration: "once", max_redemptions: 1 });
    const other = await subscribe(kit);
    await kit.stripe.subscriptions.update(other.subscriptionId, { discounts: [{ coupon: used }] });
    expect(await give({ coupon: used })).toMatchObject({ code: "coupon_expired" });
  });
});
