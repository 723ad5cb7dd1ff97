import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cancelSubscription, resumeSubscription } from "../../functions/src/plans/cancel.ts";
import { toId } from "../kit/suite/harness.ts";
import { listCalls } from "./market.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 22: a plan under a schedule can be cancelled, and the answer names the change that this drops. */
describe("rule 22: schedules", () => {
  let shop: MoneyShop;
  let small: Plan;
  let large: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    small = await shop.sell({ credits: 500, unitAmount: 1_900, metadata: { maxQuantity: "9" } });
    large = await shop.sell({ credits: 1_000, unitAmount: 3_800 });
  });

  afterAll(async () => await shop.close());

  it("are released by a cancellation, which says what it drops, and says so again", async () => {
    const { caller, subscriptionId, scheduleId, end } = await downgrade("cancelled");
    const droppedChange = { ...small, quantity: 2, at: new Date(end * 1_000).toISOString() };
    const cancelled = await cancelSubscription(shop.history.context, caller);
    expect(cancelled).toMatchObject({ subscriptionId, cancelAtPeriodEnd: true, droppedChange });
    expect(await cancelSubscription(shop.history.context, caller)).toEqual(cancelled);
    await shop.settle();
    expect(await cancelSubscription(shop.history.context, caller)).toEqual(cancelled);
    expect(await shop.readDocument(`plans/stripe_${subscriptionId}`)).toMatchObject({
      droppedChange: { ...small, quantity: 2 },
    });
    expect(await shop.stripe.subscriptionSchedules.retrieve(scheduleId)).toMatchObject({
      status: "released",
    });
    await shop.renew();
    expect((await shop.readCredits(caller.userId)).given).toBe(1_000);
    expect(await shop.stripe.subscriptions.retrieve(subscriptionId)).toMatchObject({ status: "canceled" });
  });

  it("stay dropped by a plan that is resumed, which goes on as it was and names them no more", async () => {
    const { caller, subscriptionId } = await downgrade("resumed");
    await cancelSubscription(shop.history.context, caller);
    const resumed = await resumeSubscription(shop.history.context, caller);
    expect(resumed).toMatchObject({ cancelAtPeriodEnd: false, cancelAt: null });
    expect(resumed).not.toHaveProperty("droppedChange");
    await shop.renew();
    expect((await shop.readCredits(caller.userId)).given).toBe(2_000);
    await shop.stripe.subscriptions.cancel(subscriptionId);
  });

  it("are released once if the answer is lost anywhere on the way", async () => {
    for (const route of ["POST /v1/subscription_schedules/:id/release", "POST /v1/subscriptions/:id"]) {
      const { caller, subscriptionId, scheduleId } = await downgrade(`lost ${route.length}`);
      // All that the SDK asks by itself.
      await shop.history.control.addFault({ route, fault: "reset", when: "after", times: 3 });
      const first = cancelSubscription(shop.history.context, caller);
      await expect(first).rejects.toMatchObject({ code: "unavailable" });
      await shop.history.control.clearFaults();
      await shop.settle();
      expect(await cancelSubscription(shop.history.context, caller)).toMatchObject({
        cancelAtPeriodEnd: true,
      });
      expect(await shop.stripe.subscriptionSchedules.retrieve(scheduleId)).toMatchObject({
        status: "released",
      });
      await shop.stripe.subscriptions.cancel(subscriptionId);
      await shop.settle();
    }
  });

  it("that end the plan are the shop's: resuming does not undo that, cancelling does", async () => {
    const { caller, subscriptionId, scheduleId } = await downgrade("ended", "cancel");
    await shop.settle();
    const plan = `plans/stripe_${subscriptionId}`;
    expect(await shop.readDocument(plan)).toMatchObject({ cancelAtPeriodEnd: true });
    await expect(resumeSubscription(shop.history.context, caller)).rejects.toMatchObject({
      code: "failed_precondition",
      message: "Cannot resume the subscription: a schedule of the shop's ends it",
    });
    expect(await shop.stripe.subscriptionSchedules.retrieve(scheduleId)).toMatchObject({ status: "active" });
    const { cancelAt, currentPeriodEnd } = await cancelSubscription(shop.history.context, caller);
    expect(cancelAt).toBe(currentPeriodEnd);
    await shop.stripe.subscriptions.cancel(subscriptionId);
  });

  it("that end nothing leave nothing to resume", async () => {
    const { caller, subscriptionId, scheduleId } = await downgrade("running");
    expect(await resumeSubscription(shop.history.context, caller)).toMatchObject({
      cancelAtPeriodEnd: false,
    });
    expect(await shop.stripe.subscriptionSchedules.retrieve(scheduleId)).toMatchObject({ status: "active" });
    await shop.stripe.subscriptions.cancel(subscriptionId);
  });

  it("cost other plans no call: each is cancelled by one", async () => {
    const subscriptionId = await shop.subscribe("plain", large);
    await shop.settle();
    const calls = await listCalls(shop, async () => {
      const caller = { userId: "plain", email: undefined };
      expect(await cancelSubscription(shop.history.context, caller)).not.toHaveProperty("droppedChange");
    });
    expect(calls).toEqual([`POST /v1/subscriptions/${subscriptionId}`]);
  });

  /** Somebody with the large plan, who goes down to two of the small one in the portal. */
  async function downgrade(name: string, ending: "cancel" | "release" = "release") {
    const userId = name.replaceAll(/\W/g, "_");
    const subscriptionId = await shop.subscribe(userId, large);
    await shop.settle();
    const { subscriptionSchedules, subscriptions } = shop.stripe;
    const { id: scheduleId } = await subscriptionSchedules.create({ from_subscription: subscriptionId });
    const [item] = (await subscriptions.retrieve(subscriptionId)).items.data;
    const [start, end] = [item?.current_period_start ?? 0, item?.current_period_end ?? 0];
    await subscriptionSchedules.update(scheduleId, {
      end_behavior: ending,
      phases: [
        { items: [{ price: toId(item?.price), quantity: 1 }], start_date: start, end_date: end },
        { items: [{ price: small.priceId, quantity: 2 }] },
      ],
    });
    return { caller: { userId, email: undefined }, subscriptionId, scheduleId, end };
  }
});
