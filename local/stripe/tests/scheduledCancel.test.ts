import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { eventsSince, eventTypesSince, lastEventId } from "../testing/payments.ts";
import { createPrice } from "../testing/shop.ts";
import {
  advance,
  changeItem,
  DAY,
  invoicesOf,
  periodEndOf,
  reload,
  renew,
  subscribe,
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

async function subscribeClassic(): Promise<Subscribed> {
  return subscribe(kit, { session: { subscription_data: { billing_mode: { type: "classic" } } } });
}

async function submit(customer: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const { url } = await kit.stripe.billingPortal.sessions.create({ customer });
  await fetch(url, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
  return (await fetch(url)).text();
}

// https://docs.stripe.com/api/subscriptions/update#update_subscription-cancel_at
describe("a subscription with a cancel_at", () => {
  // https://docs.stripe.com/changelog/basil/2025-07-30/cancel-at-enums
  it.each(["min_period_end", "max_period_end"] as const)("ends when %s was then", async (word) => {
    const subscribed = await subscribe(kit);
    const before = await lastEventId(kit);
    const marked = await update(subscribed, { cancel_at: word });
    const end = periodEndOf(marked);
    expect(marked).toMatchObject({
      status: "active",
      cancel_at: end,
      cancel_at_period_end: false,
      canceled_at: expect.any(Number),
      cancellation_details: { reason: "cancellation_requested" },
    });
    await kit.control("clock", { now: end });
    expect(await reload(kit, subscribed)).toMatchObject({ status: "canceled", ended_at: end });
    expect(await eventsSince(kit, before)).toMatchObject([
      { type: "customer.subscription.updated", data: { previous_attributes: { cancel_at: null } } },
      { type: "customer.subscription.deleted", created: end },
    ]);
    expect(await invoicesOf(kit, subscribed)).toHaveLength(1);
  });

  it("ends before its period without a proration", async () => {
    const subscribed = await subscribe(kit);
    const at = (await reload(kit, subscribed)).created + 10 * DAY;
    await update(subscribed, { cancel_at: at, proration_behavior: "none" });
    await advance(kit, 9 * DAY);
    expect(await reload(kit, subscribed)).toMatchObject({ status: "active", cancel_at: at });
    await advance(kit, 2 * DAY);
    expect(await reload(kit, subscribed)).toMatchObject({ status: "canceled", ended_at: at });
    await advance(kit, 62 * DAY);
    expect(await invoicesOf(kit, subscribed)).toHaveLength(1);
  });

  it("ends within a trial, which costs nothing", async () => {
    const trial = await subscribe(kit, { session: { subscription_data: { trial_period_days: 7 } } });
    const at = (await reload(kit, trial)).created + 3 * DAY;
    await update(trial, { cancel_at: at });
    await advance(kit, 4 * DAY);
    expect(await reload(kit, trial)).toMatchObject({ status: "canceled", ended_at: at });
  });

  it.each([
    ["with its period", { cancel_at_period_end: true }],
    ["at a time", { cancel_at: "max_period_end" }],
  ] as const)("goes on after an empty one, if it was to end %s", async (_how, ending) => {
    const subscribed = await subscribe(kit);
    await update(subscribed, ending);
    expect(await update(subscribed, { cancel_at: "" })).toMatchObject({
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      cancellation_details: { reason: null },
    });
    await renew(kit, subscribed);
    expect((await reload(kit, subscribed)).status).toBe("active");
    expect(await invoicesOf(kit, subscribed)).toHaveLength(2);
  });

  // The words of the refusal: https://github.com/MuckRock/squarelet/pull/750
  it("is refused together with cancel_at_period_end", async () => {
    const subscribed = await subscribe(kit);
    const both = update(subscribed, { cancel_at: "", cancel_at_period_end: false });
    expect(await errorOf(both)).toMatchObject({
      statusCode: 400,
      message: "Received both cancel_at_period_end and cancel_at parameters. Please pass in only one.",
    });
  });

  it("is refused in the past, in classic billing's words, and where it would prorate", async () => {
    const subscribed = await subscribe(kit);
    const { created, items } = await reload(kit, subscribed);
    const end = items.data[0]?.current_period_end ?? 0;
    const classic = await subscribeClassic();
    for (const refused of [
      update(subscribed, { cancel_at: created - DAY }),
      update(subscribed, { cancel_at: created + DAY }),
      update(subscribed, { cancel_at: end + DAY, proration_behavior: "none" }),
      update(classic, { cancel_at: "max_period_end" }),
    ]) {
      expect(await errorOf(refused)).toMatchObject({ statusCode: 400, param: "cancel_at" });
    }
    expect(await update(classic, { cancel_at: periodEndOf(await reload(kit, classic)) })).toMatchObject({
      cancel_at: end,
      cancel_at_period_end: false,
    });
  });

  it("keeps its interval: another one would move the end of its period", async () => {
    const subscribed = await subscribe(kit);
    const yearly = await createPrice(kit.stripe, { unit_amount: 9_000, recurring: { interval: "year" } });
    await update(subscribed, { cancel_at: "max_period_end" });
    expect(await errorOf(changeItem(kit, subscribed, { price: yearly.id }))).toMatchObject({
      statusCode: 400,
    });
  });
});

// "Cancellations in the Customer Portal": https://docs.stripe.com/billing/subscriptions/billing-mode/compare
describe("a cancellation in the portal", () => {
  it.each([
    ["a cancel_at in flexible billing", false],
    ["cancel_at_period_end in classic billing", true],
  ])("is %s, and is taken back", async (_how, isClassic) => {
    const subscribed = isClassic ? await subscribeClassic() : await subscribe(kit);
    const { customerId, subscriptionId: subscription } = subscribed;
    const before = await lastEventId(kit);
    expect(await submit(customerId, { action: "cancel", subscription })).toMatch(/Canceled: ends on .*Don/s);
    const marked = await reload(kit, subscribed);
    expect(marked).toMatchObject({
      cancel_at: periodEndOf(marked),
      cancel_at_period_end: isClassic,
    });
    await submit(customerId, { action: "resume", subscription });
    expect(await reload(kit, subscribed)).toMatchObject({ cancel_at: null, cancel_at_period_end: false });
    const told = await eventTypesSince(kit, before);
    expect(told.filter((type) => type.startsWith("customer."))).toStrictEqual([
      "customer.subscription.updated",
      "customer.subscription.updated",
    ]);
  });
});
