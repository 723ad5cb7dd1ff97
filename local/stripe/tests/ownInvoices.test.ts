import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { eventTypesSince, lastEventId } from "../testing/payments.ts";
import { createPrice } from "../testing/shop.ts";
import { HOUR, subscribe } from "../testing/subscriptions.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

/** A customer with a card that pays. */
async function customerWithCard(): Promise<string> {
  const payment_method = "pm_card_visa";
  const settings = { invoice_settings: { default_payment_method: payment_method } };
  return (await kit.stripe.customers.create({ payment_method, ...settings })).id;
}

async function bill(
  customer: string,
  amounts: readonly number[],
  params: Stripe.InvoiceCreateParams = {},
): Promise<Stripe.Invoice> {
  for (const amount of amounts) {
    await kit.stripe.invoiceItems.create({
      customer,
      amount,
      currency: "usd",
      description: `Item ${amount}`,
    });
  }
  return kit.stripe.invoices.create({ customer, pending_invoice_items_behavior: "include", ...params });
}

// https://docs.stripe.com/api/invoices/create and https://docs.stripe.com/api/invoiceitems/create
describe("an invoice that belongs to no subscription", () => {
  it("has what is pending for its customer, once", async () => {
    const customer = await customerWithCard();
    const draft = await bill(customer, [2000, -500], { description: "Work", metadata: { a: "1" } });
    expect(draft).toMatchObject({
      status: "draft",
      billing_reason: "manual",
      parent: null,
      auto_advance: false,
      total: 1500,
      amount_due: 1500,
      description: "Work",
      metadata: { a: "1" },
      lines: {
        data: [
          { amount: 2000, description: "Item 2000", parent: { type: "invoice_item_details" } },
          { amount: -500 },
        ],
      },
    });
    expect(await bill(customer, [])).toMatchObject({ total: 0, lines: { data: [] } });
    const [line] = draft.lines.data;
    const item = line?.parent?.invoice_item_details?.invoice_item ?? "";
    expect(await kit.stripe.invoiceItems.retrieve(item)).toMatchObject({ invoice: draft.id, amount: 2000 });
  });

  it("leaves what is pending alone unless told otherwise", async () => {
    const customer = await customerWithCard();
    await kit.stripe.invoiceItems.create({ customer, amount: 2000, currency: "usd" });
    expect(await kit.stripe.invoices.create({ customer })).toMatchObject({ total: 0 });
    expect(await bill(customer, [])).toMatchObject({ total: 2000 });
  });

  it("is paid on request, and an hour later if it advances", async () => {
    const customer = await customerWithCard();
    const { id: waiting } = await bill(customer, [2000]);
    const { id: advancing } = await bill(customer, [3000], { auto_advance: true });
    const before = await lastEventId(kit);
    await kit.control("clock", { advanceSeconds: HOUR });
    expect(await kit.stripe.invoices.retrieve(advancing)).toMatchObject({
      status: "paid",
      amount_paid: 3000,
    });
    expect(await kit.stripe.invoices.retrieve(waiting)).toMatchObject({ status: "draft" });
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "invoice.finalized",
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
      "invoice_payment.paid",
      "invoice.paid",
      "invoice.payment_succeeded",
    ]);
    expect(await kit.stripe.invoices.pay(waiting)).toMatchObject({ status: "paid", amount_paid: 2000 });
  });

  it("is refused for items that local Stripe would bill otherwise than Stripe", async () => {
    const { customerId } = await subscribe(kit);
    const add = (customer: string, currency = "usd") =>
      errorOf(kit.stripe.invoiceItems.create({ customer, amount: 100, currency }));
    expect(await add(customerId)).toMatchObject({ statusCode: 400, param: "customer" });
    expect(await add("cus_no")).toMatchObject({ code: "resource_missing" });
    const customer = await customerWithCard();
    await kit.stripe.invoiceItems.create({ customer, amount: 100, currency: "usd" });
    expect(await add(customer, "eur")).toMatchObject({ param: "currency" });
    const price = await createPrice(kit.stripe, { recurring: { interval: "month" } });
    const items = [{ price: price.id }];
    expect(await errorOf(kit.stripe.subscriptions.create({ customer, items }))).toMatchObject({
      param: "customer",
    });
  });

  it("loses its pending items with its customer", async () => {
    const customer = await customerWithCard();
    await kit.stripe.invoiceItems.create({ customer, amount: 100, currency: "usd" });
    const before = await lastEventId(kit);
    await kit.stripe.customers.del(customer);
    expect(await eventTypesSince(kit, before)).toStrictEqual(["invoiceitem.deleted", "customer.deleted"]);
  });
});

async function trial(missing?: "cancel" | "create_invoice" | "pause"): Promise<Stripe.Subscription> {
  const { id: customer } = await kit.stripe.customers.create({});
  const price = await createPrice(kit.stripe, { recurring: { interval: "month" } });
  return kit.stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    trial_period_days: 7,
    ...(missing && { trial_settings: { end_behavior: { missing_payment_method: missing } } }),
  });
}

// https://docs.stripe.com/billing/subscriptions/trials/free-trials
describe("a trial that begins without a payment method", () => {
  it("is paused now if it is told to end, with what else changes", async () => {
    const { id } = await trial("pause");
    const before = await lastEventId(kit);
    const paused = await kit.stripe.subscriptions.update(id, { trial_end: "now", metadata: { a: "1" } });
    expect(paused).toMatchObject({ status: "paused", metadata: { a: "1" } });
    expect(paused.items.data[0]?.current_period_end).toBe(paused.trial_end);
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "customer.subscription.updated",
      "customer.subscription.paused",
    ]);
  });

  it("is canceled now if its settings say so", async () => {
    const { id } = await trial("cancel");
    expect(await kit.stripe.subscriptions.update(id, { trial_end: "now" })).toMatchObject({
      status: "canceled",
    });
  });

  it("is not ended if that would bill it", async () => {
    const { id } = await trial();
    const ended = errorOf(kit.stripe.subscriptions.update(id, { trial_end: "now" }));
    expect(await ended).toMatchObject({ statusCode: 400, param: "trial_end" });
    const { subscriptionId } = await subscribe(kit);
    const none = errorOf(kit.stripe.subscriptions.update(subscriptionId, { trial_end: "now" }));
    expect(await none).toMatchObject({ param: "trial_end" });
  });
});
