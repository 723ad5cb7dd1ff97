import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { eventTypesSince, lastEventId } from "../testing/payments.ts";
import { createPrice } from "../testing/shop.ts";
import {
  changeItem,
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

interface Downgraded extends Subscribed {
  schedule: Stripe.SubscriptionSchedule;
  smaller: Stripe.Price;
}

/** As the portal does it: https://docs.stripe.com/billing/subscriptions/subscription-schedules */
async function downgrade(end_behavior: "cancel" | "release" = "release"): Promise<Downgraded> {
  const subscribed = await subscribe(kit);
  const { subscriptionId, price } = subscribed;
  const recurring = { interval: "month" } as const;
  const smaller = await createPrice(kit.stripe, { unit_amount: 500, recurring });
  const { id } = await kit.stripe.subscriptionSchedules.create({ from_subscription: subscriptionId });
  const { items } = await reload(kit, subscribed);
  const [item] = items.data;
  const schedule = await kit.stripe.subscriptionSchedules.update(id, {
    end_behavior,
    phases: [
      {
        items: [{ price: price.id, quantity: 1 }],
        start_date: item?.current_period_start ?? 0,
        end_date: item?.current_period_end ?? 0,
      },
      { items: [{ price: smaller.id, quantity: 2 }] },
    ],
  });
  return { ...subscribed, schedule, smaller };
}

// https://docs.stripe.com/api/subscription_schedules
describe("a downgrade at the end of the period", () => {
  it("is a schedule of two phases, and happens without a proration", async () => {
    const downgraded = await downgrade();
    const { schedule, subscriptionId, smaller } = downgraded;
    const end = periodEndOf(await reload(kit, downgraded));
    expect(schedule).toMatchObject({
      status: "active",
      subscription: subscriptionId,
      current_phase: { end_date: end },
      phases: [{ end_date: end }, { start_date: end, items: [{ price: smaller.id, quantity: 2 }] }],
    });
    const expanded = await kit.stripe.subscriptions.retrieve(subscriptionId, {
      expand: ["schedule.phases.items.price"],
    });
    expect(expanded).toMatchObject({
      cancel_at: null,
      schedule: { id: schedule.id, phases: [{}, { items: [{ price: { product: smaller.product } }] }] },
    });
    await renew(kit, downgraded);
    expect(await reload(kit, downgraded)).toMatchObject({
      items: { data: [{ price: { id: smaller.id }, plan: { id: smaller.id }, quantity: 2 }] },
      schedule: schedule.id,
    });
    expect((await invoicesOf(kit, downgraded)).map(({ total }) => total)).toStrictEqual([2000, 1000]);
    await renew(kit, downgraded);
    expect(await reload(kit, downgraded)).toMatchObject({ status: "active", schedule: null });
    expect(await kit.stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
      status: "released",
      released_subscription: subscriptionId,
      subscription: null,
    });
    expect((await invoicesOf(kit, downgraded)).map(({ total }) => total)).toStrictEqual([2000, 1000, 1000]);
  });

  it("ends the subscription after its last phase if it is told to", async () => {
    const downgraded = await downgrade("cancel");
    const { cancel_at: endsAt } = await reload(kit, downgraded);
    expect(endsAt).toBe(downgraded.schedule.phases.at(-1)?.end_date);
    await renew(kit, downgraded);
    expect((await reload(kit, downgraded)).status).toBe("active");
    await renew(kit, downgraded);
    expect(await reload(kit, downgraded)).toMatchObject({ status: "canceled", ended_at: endsAt });
    expect(await invoicesOf(kit, downgraded)).toHaveLength(2);
  });

  // The words: https://github.com/dust-tt/dust/pull/32051
  it.each([{ cancel_at_period_end: true }, { cancel_at_period_end: false }, { cancel_at: "" as const }])(
    "keeps the subscription from being told to end by %j",
    async (params) => {
      const { schedule, subscriptionId } = await downgrade();
      const refused = await errorOf(kit.stripe.subscriptions.update(subscriptionId, params));
      expect(refused).toMatchObject({ statusCode: 400, type: "StripeInvalidRequestError" });
      expect(refused.message).toBe(
        `The subscription is managed by the subscription schedule \`${schedule.id}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
      );
    },
  );

  it("does not happen once its schedule is released", async () => {
    const downgraded = await downgrade("cancel");
    const { schedule, subscriptionId } = downgraded;
    const before = await lastEventId(kit);
    expect(await kit.stripe.subscriptionSchedules.release(schedule.id)).toMatchObject({
      status: "released",
      released_at: expect.any(Number),
      released_subscription: subscriptionId,
      subscription: null,
    });
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "subscription_schedule.released",
      "customer.subscription.updated",
    ]);
    expect(await reload(kit, downgraded)).toMatchObject({ schedule: null, cancel_at: null });
    expect(await errorOf(kit.stripe.subscriptionSchedules.release(schedule.id))).toMatchObject({
      statusCode: 400,
    });
    await renew(kit, downgraded);
    expect((await invoicesOf(kit, downgraded)).map(({ total }) => total)).toStrictEqual([2000, 2000]);
  });

  it("is gone with a subscription that is canceled", async () => {
    const { schedule, subscriptionId } = await downgrade();
    await kit.stripe.subscriptions.cancel(subscriptionId);
    expect(await kit.stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
      status: "canceled",
    });
  });

  it("is refused where local Stripe cannot say what Stripe would do", async () => {
    const { schedule, ...subscribed } = await downgrade();
    const { subscriptionId, smaller } = subscribed;
    const { subscriptionSchedules } = kit.stripe;
    const phases = [{ items: [{ price: smaller.id }] }];
    for (const attempt of [
      () => subscriptionSchedules.create({ from_subscription: subscriptionId }),
      () => changeItem(kit, subscribed, { price: smaller.id }),
      () => subscriptionSchedules.update(schedule.id, { phases }),
    ]) {
      expect(await errorOf(attempt())).toMatchObject({ statusCode: 400 });
    }
  });
});
