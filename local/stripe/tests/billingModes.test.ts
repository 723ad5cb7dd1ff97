import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { createPrice, createSession } from "../testing/shop.ts";
import {
  changeItem,
  invoicesOf,
  reload,
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

type BillingMode = Stripe.Checkout.SessionCreateParams.SubscriptionData.BillingMode;

const classic: BillingMode = { type: "classic" };

function flexible(prorationDiscounts: "included" | "itemized"): BillingMode {
  return { type: "flexible", flexible: { proration_discounts: prorationDiscounts } };
}

/** A subscription for 20 USD a month. */
async function subscribeIn(billingMode: BillingMode): Promise<Subscribed> {
  return subscribe(kit, { session: { subscription_data: { billing_mode: billingMode } } });
}

async function monthly(unitAmount: number): Promise<string> {
  const price = await createPrice(kit.stripe, {
    unit_amount: unitAmount,
    recurring: { interval: "month" },
    name: "Premium",
  });
  return price.id;
}

async function open(billingMode: object): Promise<Stripe.Checkout.Session> {
  return createSession(kit.stripe, {
    mode: "subscription",
    price: { recurring: { interval: "month" } },
    subscription_data: { billing_mode: { type: "classic", ...billingMode } },
  });
}

function creditedBy(line: Stripe.InvoiceLineItem | undefined) {
  return line?.parent?.subscription_item_details?.proration_details?.credited_items;
}

// https://docs.stripe.com/billing/subscriptions/billing-mode
describe("the billing mode of a subscription", () => {
  it("is flexible with included discounts by default, and what the checkout asked for otherwise", async () => {
    const modeOf = async (subscribed: Subscribed) => (await reload(kit, subscribed)).billing_mode;
    expect(await modeOf(await subscribe(kit))).toMatchObject(flexible("included"));
    expect(await modeOf(await subscribeIn({ type: "flexible" }))).toMatchObject(flexible("included"));
    expect(await modeOf(await subscribeIn(flexible("itemized")))).toMatchObject(flexible("itemized"));
    expect(await modeOf(await subscribeIn(classic))).toMatchObject(classic);
  });

  it("stays the same when the subscription changes", async () => {
    const subscribed = await subscribeIn(flexible("itemized"));
    await changeItem(kit, subscribed, { price: await monthly(5000) });
    expect((await reload(kit, subscribed)).billing_mode).toMatchObject(flexible("itemized"));
  });

  it("has settings of flexible billing only if it is flexible, and always a type", async () => {
    const both = open({ flexible: { proration_discounts: "itemized" } });
    expect((await errorOf(both)).param).toBe("subscription_data[billing_mode][flexible]");
    const unknown = open({ type: "other" });
    expect((await errorOf(unknown)).param).toBe("subscription_data[billing_mode][type]");
  });
});

// https://docs.stripe.com/billing/subscriptions/prorations#credit-proration-debit-links, and for classic billing
// https://docs.stripe.com/changelog/endive/2026-09-30/invoice-items-proration-details
describe.each([
  ["classic", classic],
  ["flexible", flexible("included")],
] as const)("the debit that a credit names in %s billing", (_name, billingMode) => {
  it("is the line of the invoice that billed the item, even if others came after it", async () => {
    const [one, two] = [await monthly(2000), await monthly(3000)];
    const subscribed = await subscribe(kit, {
      session: {
        line_items: [
          { price: one, quantity: 1 },
          { price: two, quantity: 1 },
        ],
        subscription_data: { billing_mode: billingMode },
      },
    });
    await toMiddleOfPeriod(kit, subscribed);
    await changeItem(kit, subscribed, { price: await monthly(4000), proration_behavior: "always_invoice" });
    await changeItem(kit, subscribed, {
      index: 1,
      quantity: 2,
      proration_behavior: "always_invoice",
    });
    const [first, second, third] = await invoicesOf(kit, subscribed);
    const [firstLine, secondLine] = first?.lines.data ?? [];
    expect(creditedBy(second?.lines.data[0])).toStrictEqual({
      invoice: first?.id,
      invoice_line_items: [firstLine?.id],
    });
    expect(creditedBy(third?.lines.data[0])).toStrictEqual({
      invoice: first?.id,
      invoice_line_items: [secondLine?.id],
    });
    expect(creditedBy(third?.lines.data[1])).toBeNull();
  });

  it("is an earlier proration after a second change", async () => {
    const subscribed = await subscribeIn(billingMode);
    await toMiddleOfPeriod(kit, subscribed);
    for (const unitAmount of [5000, 3000]) {
      const price = await monthly(unitAmount);
      await changeItem(kit, subscribed, { price, proration_behavior: "always_invoice" });
    }
    const [, second, third] = await invoicesOf(kit, subscribed);
    expect(third?.lines.data).toMatchObject([{ amount: -2500 }, { amount: 1500 }]);
    expect(creditedBy(third?.lines.data[0])).toStrictEqual({
      invoice: second?.id,
      invoice_line_items: [second?.lines.data[1]?.id],
    });
  });

  it("is the invoice item while it is pending, which the line does not name", async () => {
    const subscribed = await subscribeIn(billingMode);
    await toMiddleOfPeriod(kit, subscribed);
    await changeItem(kit, subscribed, { price: await monthly(5000) });
    await changeItem(kit, subscribed, {
      price: await monthly(3000),
      proration_behavior: "always_invoice",
    });
    const lines = (await invoicesOf(kit, subscribed)).at(-1)?.lines.data ?? [];
    const itemIds = lines.map(({ parent }) => parent?.subscription_item_details?.invoice_item ?? "");
    const [, debit = "", credit = ""] = itemIds;
    expect(lines.map(({ amount }) => amount)).toStrictEqual([-1000, 2500, -2500, 1500]);
    expect(creditedBy(lines[2])).toBeNull();
    expect((await kit.stripe.invoiceItems.retrieve(credit)).proration_details).toMatchObject({
      credited_items: { type: "invoice_item", invoice_item: debit },
    });
    expect((await kit.stripe.invoiceItems.retrieve(debit)).proration_details).toMatchObject({
      credited_items: null,
    });
  });
});

// https://docs.stripe.com/billing/subscriptions/billing-mode/compare
describe("a credit after a change without proration", () => {
  it.each([
    ["what was debited, in flexible billing", flexible("included"), -1000],
    ["what was debited, in flexible billing with itemized discounts", flexible("itemized"), -1000],
    ["what the item costs now, in classic billing", classic, -2500],
  ] as const)("gives back a part of %s", async (_of, billingMode, credit) => {
    const subscribed = await subscribeIn(billingMode);
    await changeItem(kit, subscribed, { price: await monthly(5000), proration_behavior: "none" });
    await toMiddleOfPeriod(kit, subscribed);
    const price = await monthly(3000);
    await changeItem(kit, subscribed, { price, proration_behavior: "always_invoice" });
    const [first, second] = await invoicesOf(kit, subscribed);
    expect(second?.lines.data).toMatchObject([{ amount: credit }, { amount: 1500 }]);
    expect(creditedBy(second?.lines.data[0])).toStrictEqual({
      invoice: first?.id,
      invoice_line_items: [first?.lines.data[0]?.id],
    });
  });

  it("counts the quantity likewise", async () => {
    const credits = [];
    for (const billingMode of [flexible("included"), classic]) {
      const subscribed = await subscribeIn(billingMode);
      await changeItem(kit, subscribed, { quantity: 3, proration_behavior: "none" });
      await toMiddleOfPeriod(kit, subscribed);
      await changeItem(kit, subscribed, { quantity: 1, proration_behavior: "always_invoice" });
      credits.push((await invoicesOf(kit, subscribed)).at(-1)?.lines.data[0]?.amount);
    }
    expect(credits).toStrictEqual([-1000, -3000]);
  });
});

describe("a credit for a debit that was never paid", () => {
  // https://docs.stripe.com/billing/subscriptions/credit-proration-deferral says what happens without deferral.
  it.each(["open", "void", "uncollectible"] as const)("is given all the same if it is %s", async (status) => {
    const subscribed = await subscribe(kit);
    await kit.control(`subscriptions/${subscribed.subscriptionId}/payment_method`, {
      card: "4000000000000341",
    });
    await toMiddleOfPeriod(kit, subscribed);
    await changeItem(kit, subscribed, { price: await monthly(5000), proration_behavior: "always_invoice" });
    const upgrade = (await invoicesOf(kit, subscribed)).at(-1);
    if (status === "void") await kit.stripe.invoices.voidInvoice(upgrade?.id ?? "");
    if (status === "uncollectible") await kit.stripe.invoices.markUncollectible(upgrade?.id ?? "");
    await changeItem(kit, subscribed, { price: await monthly(1000), proration_behavior: "always_invoice" });
    const [, unpaid, credit] = await invoicesOf(kit, subscribed);
    expect(unpaid).toMatchObject({ status, amount_due: 1500, amount_paid: 0 });
    expect(credit).toMatchObject({ total: -2000, ending_balance: -2000, status: "paid" });
    expect(creditedBy(credit?.lines.data[0])).toMatchObject({ invoice: unpaid?.id });
  });
});
