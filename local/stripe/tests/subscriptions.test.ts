import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { idOf } from "../objects/store/store.ts";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { eventsSince, eventTypesSince, lastEventId } from "../testing/payments.ts";
import { createPrice, createSession } from "../testing/shop.ts";
import {
  advance,
  DAY,
  HOUR,
  invoicesOf,
  periodEndOf,
  reload,
  renew,
  subscribe,
} from "../testing/subscriptions.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

const monthlyPrice = { recurring: { interval: "month" } } as const;

async function refusal(
  params: Stripe.Checkout.SessionCreateParams,
  price: Partial<Stripe.PriceCreateParams> = monthlyPrice,
): Promise<Stripe.errors.StripeError> {
  return errorOf(createSession(kit.stripe, { mode: "subscription", price, ...params }));
}

describe("a checkout in subscription mode", () => {
  it("starts an active subscription with a paid invoice", async () => {
    const subscribed = await subscribe(kit, {
      session: {
        subscription_data: { metadata: { uid: "u1" }, description: "Plan" },
        metadata: { order: "1" },
      },
    });
    const { session, customerId, price } = subscribed;
    const subscription = await reload(kit, subscribed);
    expect(session).toMatchObject({
      mode: "subscription",
      status: "complete",
      payment_status: "paid",
      payment_intent: null,
      customer: customerId,
      amount_total: 2000,
      metadata: { order: "1" },
      payment_method_collection: "always",
      invoice: idOf(subscription.latest_invoice),
    });
    expect(subscription).toMatchObject({
      id: expect.stringMatching(/^sub_\w{24}$/),
      object: "subscription",
      status: "active",
      customer: customerId,
      currency: "usd",
      metadata: { uid: "u1" },
      description: "Plan",
      cancel_at_period_end: false,
      trial_end: null,
      default_payment_method: expect.stringMatching(/^pm_/),
      items: { data: [{ price: { id: price.id }, plan: { id: price.id, interval: "month" }, quantity: 1 }] },
    });
    const [item] = subscription.items.data;
    expect(item?.current_period_start).toBe(subscription.created);
    const days = (periodEndOf(subscription) - subscription.created) / DAY;
    expect([28, 29, 30, 31]).toContain(days);
  });

  it("names the subscription, its metadata and the period on the invoice", async () => {
    const subscribed = await subscribe(kit, { session: { subscription_data: { metadata: { uid: "u1" } } } });
    const subscription = await reload(kit, subscribed);
    const [invoice] = await invoicesOf(kit, subscribed);
    expect(invoice).toMatchObject({
      id: expect.stringMatching(/^in_\w{24}$/),
      status: "paid",
      billing_reason: "subscription_create",
      amount_due: 2000,
      amount_paid: 2000,
      amount_remaining: 0,
      attempt_count: 1,
      number: expect.stringMatching(/^\w{8}-0001$/),
      customer: subscribed.customerId,
      customer_email: "sub@example.com",
      parent: {
        type: "subscription_details",
        subscription_details: { subscription: subscription.id, metadata: { uid: "u1" } },
      },
      lines: {
        data: [
          {
            amount: 2000,
            description: "1 × Basic (at $20.00 / month)",
            period: { start: subscription.created, end: periodEndOf(subscription) },
            parent: {
              type: "subscription_item_details",
              subscription_item_details: {
                subscription: subscription.id,
                subscription_item: subscription.items.data[0]?.id,
                proration: false,
              },
            },
            pricing: { price_details: { price: subscribed.price.id } },
          },
        ],
      },
    });
    expect((await kit.stripe.invoices.listLineItems(invoice?.id ?? "")).data).toHaveLength(1);
  });

  it("leads from the payment to the invoice, which the payment does not name", async () => {
    const subscribed = await subscribe(kit);
    const [invoice] = await invoicesOf(kit, subscribed);
    const { data } = await kit.stripe.paymentIntents.list({ customer: subscribed.customerId });
    const intentId = data[0]?.id ?? "";
    expect(JSON.stringify(data[0])).not.toContain(invoice?.id);
    expect(data[0]).toMatchObject({ status: "succeeded", setup_future_usage: "off_session", metadata: {} });
    const payments = await kit.stripe.invoicePayments.list({
      payment: { type: "payment_intent", payment_intent: intentId },
      expand: ["data.invoice"],
    });
    expect(payments.data).toMatchObject([
      {
        id: expect.stringMatching(/^inpay_/),
        status: "paid",
        amount_paid: 2000,
        invoice: { id: invoice?.id },
      },
    ]);
    expect((await kit.stripe.invoicePayments.list({ invoice: invoice?.id ?? "" })).data).toMatchObject([
      { payment: { payment_intent: intentId } },
    ]);
    const expanded = await kit.stripe.invoices.retrieve(invoice?.id ?? "", {
      expand: ["payments", "parent.subscription_details.subscription"],
    });
    expect(expanded).toMatchObject({
      payments: { data: [{ payment: { payment_intent: intentId } }] },
      parent: { subscription_details: { subscription: { id: subscribed.subscriptionId } } },
    });
    expect(
      await errorOf(kit.stripe.invoicePayments.list({ payment: { type: "payment_intent" } })),
    ).toMatchObject({
      param: "payment[payment_intent]",
    });
  });

  it("emits the payment first, then the subscription, then the invoice", async () => {
    const { session } = await subscribe(kit);
    const types = (await eventTypesSince(kit)).filter((type) => !/^(product|price)\./.test(type));
    expect(types).toStrictEqual([
      "customer.created",
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
      "payment_method.attached",
      "customer.subscription.created",
      "invoice.created",
      "invoice.finalized",
      "invoice_payment.paid",
      "invoice.paid",
      "invoice.payment_succeeded",
      "checkout.session.completed",
    ]);
    const { json } = await kit.control(`events?sessionId=${session.id}`);
    expect(json).toMatchObject({ events: Array.from({ length: 10 }, () => ({ sessionId: session.id })) });
    const { data } = await kit.stripe.events.list({
      types: ["invoice.created", "checkout.session.completed"],
    });
    expect(data).toMatchObject([
      { data: { object: { invoice: session.invoice, subscription: session.subscription } } },
      { data: { object: { status: "draft", number: null } } },
    ]);
  });

  it("makes a customer when it has none, and is found by its subscription", async () => {
    const { id } = await createSession(kit.stripe, { mode: "subscription", price: monthlyPrice });
    await kit.control(`checkout/${id}/pay`, { email: "new@example.com" });
    const session = await kit.stripe.checkout.sessions.retrieve(id, {
      expand: ["customer", "subscription.latest_invoice", "invoice"],
    });
    expect(session).toMatchObject({
      customer: { email: "new@example.com" },
      subscription: { latest_invoice: { status: "paid" } },
      invoice: { status: "paid" },
    });
    const found = await kit.stripe.checkout.sessions.list({ subscription: idOf(session.subscription) ?? "" });
    expect(found.data.map((other) => other.id)).toStrictEqual([id]);
  });

  it("makes nothing when the card is declined, and may be tried again", async () => {
    const { id } = await createSession(kit.stripe, { mode: "subscription", price: monthlyPrice });
    for (const card of ["4000000000009995", "4000000000000341"]) {
      expect((await kit.control(`checkout/${id}/pay`, { card })).status).toBe(402);
    }
    expect((await kit.stripe.subscriptions.list({ status: "all" })).data).toHaveLength(0);
    expect((await kit.stripe.checkout.sessions.retrieve(id)).payment_intent).toBeNull();
    expect((await kit.control(`checkout/${id}/pay`, {})).status).toBe(200);
    expect((await kit.stripe.paymentIntents.list()).data).toMatchObject([{ status: "succeeded" }]);
  });

  it("cancels the payment of a failed attempt when it expires", async () => {
    const { id } = await createSession(kit.stripe, { mode: "subscription", price: monthlyPrice });
    await kit.control(`checkout/${id}/pay`, { card: "4000000000009995" });
    await kit.control(`checkout/${id}/expire`, {});
    expect((await kit.stripe.paymentIntents.list()).data).toMatchObject([{ status: "canceled" }]);
  });

  it("costs nothing for a free price", async () => {
    const subscribed = await subscribe(kit, { price: { unit_amount: 0 } });
    expect(subscribed.session).toMatchObject({ payment_status: "no_payment_required", amount_total: 0 });
    expect(await invoicesOf(kit, subscribed)).toMatchObject([{ status: "paid", amount_paid: 0 }]);
    await renew(kit, subscribed);
    expect(await invoicesOf(kit, subscribed)).toMatchObject([{}, { status: "paid", amount_paid: 0 }]);
    expect((await kit.stripe.paymentIntents.list()).data).toHaveLength(0);
  });

  it("refuses what belongs to payments, what it does not simulate, and mixed intervals", async () => {
    expect((await refusal({ payment_intent_data: { description: "x" } })).message).toContain(
      "You can not pass `payment_intent_data` in `subscription` mode",
    );
    expect((await refusal({ customer_creation: "always" })).param).toBe("customer_creation");
    expect((await refusal({ allow_promotion_codes: true })).message).toContain("does not support");
    expect((await refusal({}, {})).message).toContain("one-time prices");
    const [month, year] = [
      await createPrice(kit.stripe, monthlyPrice),
      await createPrice(kit.stripe, { recurring: { interval: "year" } }),
    ];
    const line_items = [month, year].map(({ id }) => ({ price: id, quantity: 1 }));
    expect((await refusal({ line_items })).message).toContain("different billing intervals");
    expect((await refusal({ mode: "setup" })).param).toBe("mode");
    expect((await refusal({ mode: "payment" })).message).toContain("recurring price");
    expect(await refusal({ mode: "payment", subscription_data: { description: "x" } }, {})).toMatchObject({
      param: "subscription_data",
    });
    expect((await refusal({ subscription_data: { trial_end: 1 } })).message).toContain("2 days");
    const { id, payment_method_types: types } = await createSession(kit.stripe, {
      mode: "subscription",
      price: monthlyPrice,
    });
    expect(types).toStrictEqual(["card"]);
    expect((await kit.control(`checkout/${id}/pay`, { method: "bank_debit" })).status).toBe(400);
  });
});

describe("a renewal", () => {
  it("drafts an invoice at the end of the period and collects it an hour later", async () => {
    const subscribed = await subscribe(kit);
    const first = await reload(kit, subscribed);
    const end = periodEndOf(first);
    const before = await lastEventId(kit);
    await kit.control("clock", { now: end });
    const renewed = await reload(kit, subscribed);
    expect(renewed.items.data[0]).toMatchObject({ current_period_start: end });
    expect(await invoicesOf(kit, subscribed)).toMatchObject([
      {},
      {
        status: "draft",
        created: end,
        auto_advance: true,
        automatically_finalizes_at: end + HOUR,
        billing_reason: "subscription_cycle",
        period_start: first.created,
        period_end: end,
        lines: { data: [{ period: { start: end, end: periodEndOf(renewed) } }] },
      },
    ]);
    await advance(kit, HOUR);
    const [, invoice] = await invoicesOf(kit, subscribed);
    expect(invoice).toMatchObject({
      status: "paid",
      amount_paid: 2000,
      number: expect.stringMatching(/-0002$/),
      status_transitions: { finalized_at: end + HOUR, paid_at: end + HOUR },
    });
    expect(await eventsSince(kit, before)).toMatchObject([
      { type: "invoice.created", created: end },
      {
        type: "customer.subscription.updated",
        data: {
          object: { latest_invoice: invoice?.id },
          previous_attributes: {
            items: { data: [{ current_period_end: end }] },
            latest_invoice: idOf(first.latest_invoice),
          },
        },
      },
      { type: "invoice.finalized", created: end + HOUR },
      { type: "payment_intent.created" },
      { type: "charge.succeeded" },
      { type: "payment_intent.succeeded" },
      { type: "invoice_payment.paid" },
      { type: "invoice.paid" },
      { type: "invoice.payment_succeeded" },
    ]);
  });

  it("comes every month of a year, each at its own time, when the clock jumps", async () => {
    const subscribed = await subscribe(kit);
    const { created } = await reload(kit, subscribed);
    await advance(kit, 366 * DAY);
    const invoices = await invoicesOf(kit, subscribed);
    expect(invoices).toHaveLength(13);
    expect(invoices.every(({ status }) => status === "paid")).toBe(true);
    const starts = invoices.map(({ lines }) => lines.data[0]?.period.start ?? 0);
    const ends = invoices.map(({ lines }) => lines.data[0]?.period.end ?? 0);
    expect(starts).toStrictEqual([created, ...ends.slice(0, -1)]);
    expect(invoices.slice(1).map((invoice) => invoice.created)).toStrictEqual(starts.slice(1));
    expect(new Date((ends[11] ?? 0) * 1000).getUTCMonth()).toBe(new Date(created * 1000).getUTCMonth());
  });

  it("belongs to the session it stems from, as far as webhooks are told apart", async () => {
    const subscribed = await subscribe(kit);
    const before = await lastEventId(kit);
    await renew(kit, subscribed);
    const { json } = await kit.control(`events?sessionId=${subscribed.session.id}`);
    const renewals = (await eventsSince(kit, before)).map(({ id }) => id);
    expect(JSON.stringify(json)).toContain(renewals.at(-1));
    expect(renewals.every((id) => JSON.stringify(json).includes(id))).toBe(true);
  });

  it.each([
    ["day", 1, 1],
    ["week", 2, 14],
    ["year", 1, 366],
  ] as const)("counts in %s × %i", async (interval, interval_count, days) => {
    const subscribed = await subscribe(kit, { price: { recurring: { interval, interval_count } } });
    await advance(kit, days * DAY + HOUR);
    expect(await invoicesOf(kit, subscribed)).toHaveLength(2);
  });
});

describe("a trial", () => {
  it("costs nothing, is announced three days before its end, and then becomes a paid period", async () => {
    const subscribed = await subscribe(kit, { session: { subscription_data: { trial_period_days: 14 } } });
    const subscription = await reload(kit, subscribed);
    const end = subscription.created + 14 * DAY;
    expect(subscribed.session).toMatchObject({ payment_status: "no_payment_required", amount_total: 0 });
    expect(subscription).toMatchObject({
      status: "trialing",
      trial_start: subscription.created,
      trial_end: end,
      billing_cycle_anchor: end,
      default_payment_method: expect.stringMatching(/^pm_/),
    });
    expect(periodEndOf(subscription)).toBe(end);
    expect(await invoicesOf(kit, subscribed)).toMatchObject([
      { status: "paid", total: 0, lines: { data: [{ description: "Trial period for Basic", amount: 0 }] } },
    ]);
    const before = await lastEventId(kit);
    await kit.control("clock", { now: end - 3 * DAY });
    expect(await eventTypesSince(kit, before)).toStrictEqual(["customer.subscription.trial_will_end"]);
    await renew(kit, subscribed);
    expect((await reload(kit, subscribed)).status).toBe("active");
    expect(await invoicesOf(kit, subscribed)).toMatchObject([{}, { status: "paid", amount_paid: 2000 }]);
    const [, , updated] = await eventsSince(kit, before);
    expect(updated).toMatchObject({
      type: "customer.subscription.updated",
      data: { object: { status: "active" }, previous_attributes: { status: "trialing" } },
    });
  });

  it("shorter than three days is announced at once", async () => {
    const { session } = await subscribe(kit, { session: { subscription_data: { trial_period_days: 2 } } });
    const { data } = await kit.stripe.events.list({ type: "customer.subscription.trial_will_end" });
    expect(data).toMatchObject([{ data: { object: { id: session.subscription } } }]);
  });

  it("keeps a card that fails later, and refuses one that fails now", async () => {
    const session = { subscription_data: { trial_period_days: 7 } };
    await expect(subscribe(kit, { session, card: "4000000000000002" })).rejects.toThrow("402");
    const subscribed = await subscribe(kit, { session, card: "4000000000000341" });
    expect((await reload(kit, subscribed)).status).toBe("trialing");
    await renew(kit, subscribed);
    expect((await reload(kit, subscribed)).status).toBe("past_due");
  });

  it.each([
    ["cancel", "canceled", "customer.subscription.deleted"],
    ["pause", "paused", "customer.subscription.paused"],
    ["create_invoice", "past_due", "invoice.payment_failed"],
  ] as const)("without a payment method ends as chosen: %s", async (missing, status, type) => {
    const subscribed = await subscribe(kit, {
      session: {
        payment_method_collection: "if_required",
        subscription_data: {
          trial_period_days: 7,
          trial_settings: { end_behavior: { missing_payment_method: missing } },
        },
      },
    });
    expect((await reload(kit, subscribed)).default_payment_method).toBeNull();
    await renew(kit, subscribed);
    expect((await reload(kit, subscribed)).status).toBe(status);
    expect((await kit.stripe.events.list({ type })).data).toHaveLength(1);
  });

  it("that was paused is resumed with a new period once there is a card", async () => {
    const subscribed = await subscribe(kit, {
      session: {
        payment_method_collection: "if_required",
        subscription_data: {
          trial_period_days: 7,
          trial_settings: { end_behavior: { missing_payment_method: "pause" } },
        },
      },
    });
    await renew(kit, subscribed);
    await advance(kit, 60 * DAY);
    expect(await reload(kit, subscribed)).toMatchObject({
      status: "paused",
      status_details: { paused: { subscription: { type: "trial_end_without_payment_method" } } },
    });
    await kit.control(`subscriptions/${subscribed.subscriptionId}/payment_method`, {
      card: "4242424242424242",
    });
    const before = await lastEventId(kit);
    const resumed = await kit.stripe.subscriptions.resume(subscribed.subscriptionId);
    expect(resumed.status).toBe("active");
    expect(resumed.status_details).toBeUndefined();
    expect((await eventTypesSince(kit, before)).slice(0, 3)).toStrictEqual([
      "invoice.created",
      "customer.subscription.updated",
      "customer.subscription.resumed",
    ]);
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({ status: "paid", amount_paid: 2000 });
    expect(await errorOf(kit.stripe.subscriptions.resume(subscribed.subscriptionId))).toMatchObject({
      statusCode: 400,
    });
  });
});
