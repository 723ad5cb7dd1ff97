import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { eventsSince, eventTypesSince, lastEventId } from "../testing/payments.ts";
import { createPrice } from "../testing/shop.ts";
import {
  advance,
  DAY,
  HOUR,
  invoicesOf,
  periodEndOf,
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

async function update(
  { subscriptionId }: Subscribed,
  params: Stripe.SubscriptionUpdateParams,
): Promise<Stripe.Subscription> {
  return kit.stripe.subscriptions.update(subscriptionId, params);
}

/** The one item of the subscription, with another price. */
async function itemWith(subscribed: Subscribed, price: string): Promise<{ id: string; price: string }[]> {
  const { items } = await reload(kit, subscribed);
  return [{ id: items.data[0]?.id ?? "", price }];
}

/** A more expensive price: 50 USD a month, unless told otherwise. */
async function premium(overrides: Parameters<typeof createPrice>[1] = {}): Promise<string> {
  const price = {
    unit_amount: 5000,
    recurring: { interval: "month" as const },
    name: "Premium",
    ...overrides,
  };
  return (await createPrice(kit.stripe, price)).id;
}

describe("canceling at the end of the period", () => {
  it("keeps the subscription until then, and then it ends", async () => {
    const subscribed = await subscribe(kit);
    const before = await lastEventId(kit);
    const marked = await update(subscribed, {
      cancel_at_period_end: true,
      cancellation_details: { comment: "Bye", feedback: "unused" },
    });
    const end = periodEndOf(marked);
    expect(marked).toMatchObject({
      status: "active",
      cancel_at_period_end: true,
      cancel_at: end,
      canceled_at: expect.any(Number),
      cancellation_details: { comment: "Bye", feedback: "unused", reason: "cancellation_requested" },
    });
    await kit.control("clock", { now: end });
    expect(await reload(kit, subscribed)).toMatchObject({
      status: "canceled",
      ended_at: end,
      canceled_at: marked.canceled_at,
    });
    expect(await eventsSince(kit, before)).toMatchObject([
      {
        type: "customer.subscription.updated",
        data: { previous_attributes: { cancel_at_period_end: false, cancel_at: null, canceled_at: null } },
      },
      { type: "customer.subscription.deleted", created: end },
    ]);
    expect(await invoicesOf(kit, subscribed)).toHaveLength(1);
  });

  it("is taken back", async () => {
    const subscribed = await subscribe(kit);
    await update(subscribed, { cancel_at_period_end: true });
    expect(await update(subscribed, { cancel_at_period_end: false })).toMatchObject({
      cancel_at_period_end: false,
      cancel_at: null,
      canceled_at: null,
      cancellation_details: { reason: null },
    });
    await renew(kit, subscribed);
    expect((await reload(kit, subscribed)).status).toBe("active");
    expect(await invoicesOf(kit, subscribed)).toHaveLength(2);
  });
});

describe("canceling now", () => {
  it("ends the subscription, and nothing renews", async () => {
    const subscribed = await subscribe(kit);
    const before = await lastEventId(kit);
    expect(await kit.stripe.subscriptions.cancel(subscribed.subscriptionId)).toMatchObject({
      status: "canceled",
      ended_at: expect.any(Number),
      cancellation_details: { reason: "cancellation_requested" },
    });
    expect(await eventTypesSince(kit, before)).toStrictEqual(["customer.subscription.deleted"]);
    await advance(kit, 62 * DAY);
    expect(await invoicesOf(kit, subscribed)).toHaveLength(1);
    expect(await errorOf(kit.stripe.subscriptions.cancel(subscribed.subscriptionId))).toMatchObject({
      statusCode: 404,
      code: "resource_missing",
    });
  });

  it("leaves only metadata to change", async () => {
    const subscribed = await subscribe(kit);
    await kit.stripe.subscriptions.cancel(subscribed.subscriptionId);
    expect(await update(subscribed, { metadata: { a: "1" } })).toMatchObject({ metadata: { a: "1" } });
    expect(await errorOf(update(subscribed, { cancel_at_period_end: true }))).toMatchObject({
      statusCode: 400,
      code: "invalid_canceled_subscription_fields",
    });
  });

  it("stops the draft of a renewal and drops what was pending", async () => {
    const subscribed = await subscribe(kit);
    await kit.control("clock", { now: periodEndOf(await reload(kit, subscribed)) });
    await update(subscribed, { items: await itemWith(subscribed, await premium()) });
    const before = await lastEventId(kit);
    await kit.stripe.subscriptions.cancel(subscribed.subscriptionId);
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "invoice.updated",
      "invoiceitem.deleted",
      "invoiceitem.deleted",
      "customer.subscription.deleted",
    ]);
    await advance(kit, 2 * HOUR);
    expect(await invoicesOf(kit, subscribed)).toMatchObject([{}, { status: "draft", auto_advance: false }]);
  });
});

describe("another price in the middle of the period", () => {
  it("credits the unused time and bills the rest on the next invoice", async () => {
    const subscribed = await subscribe(kit);
    const price = await premium();
    await toMiddleOfPeriod(kit, subscribed);
    const before = await lastEventId(kit);
    const changed = await update(subscribed, { items: await itemWith(subscribed, price) });
    expect(changed.items.data).toMatchObject([{ price: { id: price }, plan: { id: price } }]);
    expect(await eventsSince(kit, before)).toMatchObject([
      { type: "invoiceitem.created", data: { object: { amount: -1000, proration: true } } },
      { type: "invoiceitem.created", data: { object: { amount: 2500, proration: true, invoice: null } } },
      {
        type: "customer.subscription.updated",
        data: { previous_attributes: { items: { data: [{ price: { id: subscribed.price.id } }] } } },
      },
    ]);
    expect(await invoicesOf(kit, subscribed)).toHaveLength(1);
    await renew(kit, subscribed);
    const [first, second] = await invoicesOf(kit, subscribed);
    expect(second).toMatchObject({ status: "paid", total: 6500, amount_paid: 6500 });
    expect(second?.lines.data).toMatchObject([
      {
        amount: -1000,
        description: expect.stringMatching(/^Unused time on Basic after \d\d \w+ \d{4}$/),
        parent: {
          subscription_item_details: {
            proration: true,
            invoice_item: expect.stringMatching(/^ii_/),
            proration_details: {
              credited_items: { invoice: first?.id, invoice_line_items: [first?.lines.data[0]?.id] },
            },
          },
        },
      },
      { amount: 2500, description: expect.stringMatching(/^Remaining time on Premium after/) },
      { amount: 5000, description: "1 × Premium (at $50.00 / month)" },
    ]);
    const itemId = second?.lines.data[0]?.parent?.subscription_item_details?.invoice_item ?? "";
    expect(await kit.stripe.invoiceItems.retrieve(itemId)).toMatchObject({ invoice: second?.id });
    await renew(kit, subscribed);
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({ total: 5000 });
  });

  it("is invoiced at once with always_invoice", async () => {
    const subscribed = await subscribe(kit);
    const price = await premium();
    await toMiddleOfPeriod(kit, subscribed);
    const before = await lastEventId(kit);
    const changed = await update(subscribed, {
      items: await itemWith(subscribed, price),
      proration_behavior: "always_invoice",
    });
    const [, invoice] = await invoicesOf(kit, subscribed);
    expect(invoice).toMatchObject({
      id: changed.latest_invoice,
      billing_reason: "subscription_update",
      status: "paid",
      amount_paid: 1500,
      lines: { data: [{ amount: -1000 }, { amount: 2500 }] },
    });
    expect((await eventTypesSince(kit, before)).slice(0, 6)).toStrictEqual([
      "invoiceitem.created",
      "invoiceitem.created",
      "invoice.created",
      "customer.subscription.updated",
      "invoice.finalized",
      "payment_intent.created",
    ]);
    await renew(kit, subscribed);
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({ total: 5000 });
  });

  it("that is cheaper becomes credit, which the next invoices use up", async () => {
    const subscribed = await subscribe(kit, { price: { unit_amount: 5000 } });
    const cheap = await premium({ unit_amount: 1000, name: "Small" });
    await toMiddleOfPeriod(kit, subscribed);
    await update(subscribed, {
      items: await itemWith(subscribed, cheap),
      proration_behavior: "always_invoice",
    });
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({
      total: -2000,
      amount_due: 0,
      status: "paid",
      ending_balance: -2000,
    });
    expect(await kit.stripe.customers.retrieve(subscribed.customerId)).toMatchObject({ balance: -2000 });
    await renew(kit, subscribed);
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({
      total: 1000,
      amount_due: 0,
      starting_balance: -2000,
      ending_balance: -1000,
    });
    await renew(kit, subscribed);
    await renew(kit, subscribed);
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({
      amount_paid: 1000,
      ending_balance: 0,
    });
  });

  it("costs nothing now or later without proration, and during a trial", async () => {
    const subscribed = await subscribe(kit);
    const price = await premium();
    await toMiddleOfPeriod(kit, subscribed);
    await update(subscribed, { items: await itemWith(subscribed, price), proration_behavior: "none" });
    await renew(kit, subscribed);
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({ total: 5000 });
    const trial = await subscribe(kit, { session: { subscription_data: { trial_period_days: 10 } } });
    await update(trial, { items: await itemWith(trial, price), proration_behavior: "always_invoice" });
    expect(await invoicesOf(kit, trial)).toHaveLength(1);
  });

  it("with another interval begins a new period and is invoiced at once", async () => {
    const subscribed = await subscribe(kit);
    const yearly = await premium({ unit_amount: 20_000, recurring: { interval: "year" } });
    await toMiddleOfPeriod(kit, subscribed);
    const changed = await update(subscribed, { items: await itemWith(subscribed, yearly) });
    const start = changed.items.data[0]?.current_period_start ?? 0;
    expect(changed.billing_cycle_anchor).toBe(start);
    expect(periodEndOf(changed) - start).toBeGreaterThan(364 * DAY);
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({
      billing_reason: "subscription_update",
      status: "paid",
      amount_paid: 19_000,
      lines: { data: [{ amount: -1000 }, { amount: 20_000, period: { start, end: periodEndOf(changed) } }] },
    });
    await advance(kit, 60 * DAY);
    expect(await invoicesOf(kit, subscribed)).toHaveLength(2);
  });

  it("leaves the subscription past due when it cannot be collected", async () => {
    const subscribed = await subscribe(kit);
    const price = await premium();
    await kit.control(`subscriptions/${subscribed.subscriptionId}/payment_method`, {
      card: "4000000000000341",
    });
    await toMiddleOfPeriod(kit, subscribed);
    const changed = await update(subscribed, {
      items: await itemWith(subscribed, price),
      proration_behavior: "always_invoice",
    });
    expect(changed.status).toBe("past_due");
  });

  it("is prorated by quantity, too, and to the date that is asked for", async () => {
    const subscribed = await subscribe(kit);
    const { items } = await reload(kit, subscribed);
    const [item] = items.data;
    const start = item?.current_period_start ?? 0;
    await advance(kit, 10 * DAY);
    await update(subscribed, { items: [{ id: item?.id ?? "", quantity: 3 }], proration_date: start });
    await renew(kit, subscribed);
    expect((await invoicesOf(kit, subscribed)).at(-1)?.lines.data).toMatchObject([
      { amount: -2000 },
      { amount: 6000, description: expect.stringContaining("3 × Basic") },
      { amount: 6000, quantity: 3 },
    ]);
  });

  it("is refused when it does not fit", async () => {
    const subscribed = await subscribe(kit);
    const price = await premium();
    const [item] = await itemWith(subscribed, price);
    const id = item?.id ?? "";
    const euro = await premium({ currency: "eur" });
    const once = (await createPrice(kit.stripe)).id;
    expect(await errorOf(update(subscribed, { items: [{ id: "si_no", price }] }))).toMatchObject({
      code: "resource_missing",
    });
    expect((await errorOf(update(subscribed, { items: [{ id, price: euro }] }))).message).toContain("eur");
    expect((await errorOf(update(subscribed, { items: [{ id, price: once }] }))).message).toContain(
      "one_time",
    );
    expect((await errorOf(update(subscribed, { proration_date: 1 }))).param).toBe("proration_date");
    expect((await errorOf(update(subscribed, { trial_end: "now" }))).message).toContain("trial");
    expect(await errorOf(update(subscribed, { default_payment_method: "pm_no" }))).toMatchObject({
      param: "default_payment_method",
    });
    expect((await eventsSince(kit)).some(({ type }) => type === "invoiceitem.created")).toBe(false);
  });
});

describe("pausing the collection", () => {
  it.each([
    [
      "void",
      "void",
      ["invoice.created", "customer.subscription.updated", "invoice.finalized", "invoice.voided"],
    ],
    ["keep_as_draft", "draft", ["invoice.created", "customer.subscription.updated"]],
    [
      "mark_uncollectible",
      "uncollectible",
      [
        "invoice.created",
        "customer.subscription.updated",
        "invoice.finalized",
        "invoice.marked_uncollectible",
      ],
    ],
  ] as const)("renews without collecting: %s", async (behavior, status, types) => {
    const subscribed = await subscribe(kit);
    await update(subscribed, { pause_collection: { behavior } });
    const before = await lastEventId(kit);
    await renew(kit, subscribed);
    expect(await reload(kit, subscribed)).toMatchObject({ status: "active", pause_collection: { behavior } });
    expect(await invoicesOf(kit, subscribed)).toMatchObject([{}, { status }]);
    expect(await eventTypesSince(kit, before)).toStrictEqual(types);
    await update(subscribed, { pause_collection: "" });
    await renew(kit, subscribed);
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({ status: "paid" });
  });

  it("ends by itself at the time that was set", async () => {
    const subscribed = await subscribe(kit);
    const { created } = await reload(kit, subscribed);
    const resumes_at = created + 5 * DAY;
    await update(subscribed, { pause_collection: { behavior: "void", resumes_at } });
    const before = await lastEventId(kit);
    await kit.control("clock", { now: resumes_at });
    expect((await reload(kit, subscribed)).pause_collection).toBeNull();
    expect(await eventTypesSince(kit, before)).toStrictEqual(["customer.subscription.updated"]);
    const late = update(subscribed, { pause_collection: { behavior: "void", resumes_at: created } });
    expect((await errorOf(late)).param).toBe("pause_collection[resumes_at]");
  });
});

describe("the list of subscriptions", () => {
  it("leaves out the canceled ones unless they are asked for, and narrows", async () => {
    const [one, two] = [await subscribe(kit), await subscribe(kit)];
    await kit.stripe.subscriptions.cancel(one.subscriptionId);
    const idsOf = async (params: Stripe.SubscriptionListParams) =>
      (await kit.stripe.subscriptions.list(params)).data.map(({ id }) => id);
    expect(await idsOf({})).toStrictEqual([two.subscriptionId]);
    expect(await idsOf({ status: "all" })).toStrictEqual([two.subscriptionId, one.subscriptionId]);
    expect(await idsOf({ status: "canceled" })).toStrictEqual([one.subscriptionId]);
    expect(await idsOf({ status: "ended", customer: two.customerId })).toStrictEqual([]);
    expect(await idsOf({ customer: two.customerId })).toStrictEqual([two.subscriptionId]);
    expect(await idsOf({ price: one.price.id, status: "all" })).toStrictEqual([one.subscriptionId]);
    const expanded = await kit.stripe.subscriptions.retrieve(two.subscriptionId, {
      expand: ["items.data.price.product", "latest_invoice.payments", "customer", "default_payment_method"],
    });
    expect(expanded).toMatchObject({
      customer: { id: two.customerId },
      default_payment_method: { type: "card" },
      latest_invoice: { status: "paid", payments: { data: [{ status: "paid" }] } },
      items: { data: [{ price: { product: { name: "Basic" } } }] },
    });
    expect(await errorOf(kit.stripe.subscriptions.retrieve("sub_no"))).toMatchObject({ statusCode: 404 });
  });
});
