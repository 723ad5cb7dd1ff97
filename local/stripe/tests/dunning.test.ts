import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { idOf } from "../objects/store/store.ts";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { eventsSince, eventTypesSince, lastEventId } from "../testing/payments.ts";
import {
  advance,
  DAY,
  invoicesOf,
  reload,
  renew,
  subscribe,
  type Subscribed,
} from "../testing/subscriptions.ts";

const FAILING = "4000000000000341";
const GOOD = "4242424242424242";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

async function setCard({ subscriptionId }: Subscribed, card: string): Promise<number> {
  return (await kit.control(`subscriptions/${subscriptionId}/payment_method`, { card })).status;
}

/** Subscribes, and lets the first renewal fail. */
async function fallBehind(): Promise<Subscribed> {
  const subscribed = await subscribe(kit);
  expect(await setCard(subscribed, FAILING)).toBe(200);
  await renew(kit, subscribed);
  return subscribed;
}

async function lastInvoice(subscribed: Subscribed): Promise<Stripe.Invoice> {
  const invoice = (await invoicesOf(kit, subscribed)).at(-1);
  if (invoice === undefined) throw new Error("Expected an invoice");
  return invoice;
}

describe("another card", () => {
  it("is attached to the customer and becomes the subscription's", async () => {
    const subscribed = await subscribe(kit);
    const before = await lastEventId(kit);
    expect(await setCard(subscribed, FAILING)).toBe(200);
    const { default_payment_method: method } = await reload(kit, subscribed);
    expect(await kit.stripe.paymentMethods.retrieve(idOf(method) ?? "")).toMatchObject({
      customer: subscribed.customerId,
      card: { last4: "0341" },
    });
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "payment_method.attached",
      "customer.subscription.updated",
    ]);
  });

  it("is refused when its bank refuses it, or when it is none", async () => {
    const subscribed = await subscribe(kit);
    expect(await setCard(subscribed, "4000000000000002")).toBe(402);
    expect(await setCard(subscribed, "4242424242424241")).toBe(402);
    expect((await kit.control(`subscriptions/${subscribed.subscriptionId}/payment_method`, {})).status).toBe(
      400,
    );
    expect((await kit.control("subscriptions/sub_no/payment_method", { card: GOOD })).status).toBe(404);
    await kit.stripe.subscriptions.cancel(subscribed.subscriptionId);
    expect(await setCard(subscribed, GOOD)).toBe(409);
  });
});

describe("a renewal that cannot be collected", () => {
  it("leaves the subscription past due and says when it will try again", async () => {
    const subscribed = await subscribe(kit);
    await setCard(subscribed, FAILING);
    const before = await lastEventId(kit);
    await renew(kit, subscribed);
    const invoice = await lastInvoice(subscribed);
    expect(await reload(kit, subscribed)).toMatchObject({ status: "past_due", latest_invoice: invoice.id });
    const failedAt = invoice.status_transitions.finalized_at ?? 0;
    expect(invoice).toMatchObject({
      status: "open",
      attempted: true,
      attempt_count: 1,
      amount_remaining: 2000,
      next_payment_attempt: failedAt + 3 * DAY,
    });
    expect((await eventsSince(kit, before)).slice(3)).toMatchObject([
      { type: "payment_intent.created" },
      { type: "charge.failed" },
      {
        type: "payment_intent.payment_failed",
        data: { object: { last_payment_error: { code: "card_declined" } } },
      },
      { type: "invoice.updated", data: { previous_attributes: { attempt_count: 0 } } },
      { type: "invoice.payment_failed", data: { object: { id: invoice.id } } },
      { type: "customer.updated", data: { previous_attributes: { delinquent: false } } },
      { type: "customer.subscription.updated", data: { previous_attributes: { status: "active" } } },
    ]);
    expect(await kit.stripe.customers.retrieve(subscribed.customerId)).toMatchObject({ delinquent: true });
    expect((await kit.stripe.invoicePayments.list({ invoice: invoice.id })).data).toMatchObject([
      { status: "open", amount_paid: null, amount_requested: 2000 },
    ]);
  });

  it("is tried again after three, five and seven days, and then the subscription is canceled", async () => {
    const subscribed = await fallBehind();
    const before = await lastEventId(kit);
    for (const [days, attempts] of [
      [3, 2],
      [5, 3],
    ] as const) {
      await advance(kit, days * DAY);
      expect((await lastInvoice(subscribed)).attempt_count).toBe(attempts);
      expect((await reload(kit, subscribed)).status).toBe("past_due");
    }
    await advance(kit, 7 * DAY);
    expect(await lastInvoice(subscribed)).toMatchObject({
      status: "open",
      attempt_count: 4,
      next_payment_attempt: null,
      auto_advance: false,
    });
    expect(await reload(kit, subscribed)).toMatchObject({
      status: "canceled",
      cancellation_details: { reason: "payment_failed" },
    });
    const types = await eventTypesSince(kit, before);
    expect(types.filter((type) => type === "invoice.payment_failed")).toHaveLength(3);
    expect(types.at(-1)).toBe("customer.subscription.deleted");
    const end = await lastEventId(kit);
    await advance(kit, 90 * DAY);
    expect(await eventTypesSince(kit, end)).toStrictEqual([]);
  });

  it.each(["unpaid", "past_due"] as const)(
    "ends as %s when the account is set so",
    async (whenRetriesEnd) => {
      await kit.control("billing_settings", { whenRetriesEnd });
      const subscribed = await fallBehind();
      await advance(kit, 15 * DAY);
      expect((await reload(kit, subscribed)).status).toBe(whenRetriesEnd);
      await renew(kit, subscribed);
      const { status, auto_advance: advances } = await lastInvoice(subscribed);
      expect([status, advances]).toStrictEqual(
        whenRetriesEnd === "unpaid" ? ["draft", false] : ["open", true],
      );
    },
  );

  it("recovers by itself when there is a good card at the next attempt", async () => {
    const subscribed = await fallBehind();
    expect(await setCard(subscribed, GOOD)).toBe(200);
    const before = await lastEventId(kit);
    await advance(kit, 3 * DAY);
    expect(await lastInvoice(subscribed)).toMatchObject({ status: "paid", attempt_count: 2 });
    expect((await reload(kit, subscribed)).status).toBe("active");
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "charge.succeeded",
      "payment_intent.succeeded",
      "invoice_payment.paid",
      "invoice.paid",
      "invoice.payment_succeeded",
      "customer.updated",
      "customer.subscription.updated",
    ]);
  });

  // Source: https://docs.stripe.com/invoicing/integration/automatic-advancement-collection
  it("is not tried again once it does not advance by itself, but can be paid", async () => {
    const subscribed = await fallBehind();
    const { id } = await lastInvoice(subscribed);
    const before = await lastEventId(kit);
    const stopped = await kit.stripe.invoices.update(id, { auto_advance: false });
    expect(stopped).toMatchObject({ status: "open", auto_advance: false, next_payment_attempt: null });
    expect(await eventTypesSince(kit, before)).toStrictEqual(["invoice.updated"]);
    await setCard(subscribed, GOOD);
    await advance(kit, 15 * DAY);
    expect(await lastInvoice(subscribed)).toMatchObject({ status: "open", attempt_count: 1 });
    expect((await reload(kit, subscribed)).status).toBe("past_due");
    expect(await kit.stripe.invoices.pay(id)).toMatchObject({ status: "paid" });
  });

  it("changes nothing by what an invoice is already, and cannot be made to advance again", async () => {
    const subscribed = await fallBehind();
    const { id } = await lastInvoice(subscribed);
    const before = await lastEventId(kit);
    expect((await kit.stripe.invoices.update(id, { auto_advance: true })).auto_advance).toBe(true);
    expect(await eventTypesSince(kit, before)).toStrictEqual([]);
    await kit.stripe.invoices.update(id, { auto_advance: false });
    expect(await errorOf(kit.stripe.invoices.update(id, { auto_advance: true }))).toMatchObject({
      statusCode: 400,
      param: "auto_advance",
    });
  });

  it("refuses unknown settings", async () => {
    expect((await kit.control("billing_settings", { whenRetriesEnd: "mood" })).status).toBe(400);
  });
});

describe("paying an invoice", () => {
  it("fails with Stripe's card error and keeps the schedule, and succeeds with a good card", async () => {
    const subscribed = await fallBehind();
    const { id, next_payment_attempt: next } = await lastInvoice(subscribed);
    expect(await errorOf(kit.stripe.invoices.pay(id))).toMatchObject({
      statusCode: 402,
      code: "card_declined",
      type: "StripeCardError",
    });
    expect(await lastInvoice(subscribed)).toMatchObject({ attempt_count: 1, next_payment_attempt: next });
    await setCard(subscribed, GOOD);
    expect(await kit.stripe.invoices.pay(id)).toMatchObject({ status: "paid", amount_paid: 2000 });
    expect((await reload(kit, subscribed)).status).toBe("active");
    expect(await kit.stripe.customers.retrieve(subscribed.customerId)).toMatchObject({ delinquent: false });
    expect((await errorOf(kit.stripe.invoices.pay(id))).message).toContain("already paid");
    const paid = await lastEventId(kit);
    await advance(kit, 4 * DAY);
    expect(await eventTypesSince(kit, paid)).toStrictEqual([]);
  });

  it("takes a payment method of the customer's own and no other", async () => {
    const [mine, other] = [await fallBehind(), await subscribe(kit)];
    const { id } = await lastInvoice(mine);
    const foreign = idOf((await reload(kit, other)).default_payment_method) ?? "";
    expect(await errorOf(kit.stripe.invoices.pay(id, { payment_method: foreign }))).toMatchObject({
      param: "payment_method",
    });
    const { data } = await kit.stripe.charges.list({ customer: mine.customerId });
    const first = data.at(-1)?.payment_method ?? "";
    expect(await kit.stripe.invoices.pay(id, { payment_method: first })).toMatchObject({ status: "paid" });
  });

  it("finalizes a draft before its hour is over", async () => {
    const subscribed = await subscribe(kit);
    await advance(kit, 31 * DAY - 1);
    await kit.control("clock", { now: (await reload(kit, subscribed)).items.data[0]?.current_period_end });
    const { id } = await lastInvoice(subscribed);
    expect(await kit.stripe.invoices.pay(id)).toMatchObject({ status: "paid", number: expect.any(String) });
  });

  it("is over when the invoice is voided, and the subscription is active again", async () => {
    const subscribed = await fallBehind();
    const { id } = await lastInvoice(subscribed);
    const before = await lastEventId(kit);
    expect(await kit.stripe.invoices.voidInvoice(id)).toMatchObject({ status: "void" });
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "payment_intent.canceled",
      "invoice.voided",
      "customer.subscription.updated",
    ]);
    expect((await errorOf(kit.stripe.invoices.pay(id))).statusCode).toBe(400);
    expect((await errorOf(kit.stripe.invoices.voidInvoice(id))).statusCode).toBe(400);
    expect((await errorOf(kit.stripe.invoices.finalizeInvoice(id))).statusCode).toBe(400);
    expect((await reload(kit, subscribed)).status).toBe("active");
  });
});
