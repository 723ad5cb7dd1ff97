import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cancelSubscription, resumeSubscription } from "../../functions/src/plans/cancel.ts";
import type { Billing } from "../histories/billingSteps.ts";
import { toId } from "../kit/suite/harness.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 21: a cancellation is seen however it was said, and resuming takes it back. */
describe("rule 21: a cancellation, however it was said", () => {
  let shop: MoneyShop;
  let plan: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    plan = await shop.sell({ credits: 500, unitAmount: 1_900 });
  });

  afterAll(async () => await shop.close());

  type Say = (subscriptionId: string) => Promise<unknown>;

  const byDashboard: Say = async (id) => {
    await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true });
  };
  const atATime: Say = async (id) => {
    const { start_date: start } = await shop.stripe.subscriptions.retrieve(id);
    const change = { cancel_at: start + 10 * 86_400, proration_behavior: "none" } as const;
    await shop.stripe.subscriptions.update(id, change);
  };
  const inPortal: Say = async (subscription) => {
    const { customer } = await shop.stripe.subscriptions.retrieve(subscription);
    const { url } = await shop.stripe.billingPortal.sessions.create({ customer: toId(customer) });
    const body = new URLSearchParams({ action: "cancel", subscription });
    await fetch(url, { method: "POST", body, redirect: "manual" });
  };

  const ways: readonly (readonly [string, Billing, Say])[] = [
    ["the dashboard, with the period", "itemized", byDashboard],
    ["the dashboard, with the period, in classic billing", "classic", byDashboard],
    ["the portal", "itemized", inPortal],
    ["the portal, in classic billing", "classic", inPortal],
    ["the API, at a time of its own", "included", atATime],
  ];

  it.each(ways)("is seen from %s, and nothing more is charged", async (name, billing, say) => {
    const { userId, subscriptionId } = await subscribe(`seen ${name}`, billing);
    expect(await readPlan(userId)).toMatchObject({ cancelAtPeriodEnd: false, cancelAt: null });
    await say(subscriptionId);
    const { cancel_at: endsAt } = await shop.stripe.subscriptions.retrieve(subscriptionId);
    const seen = await readPlan(userId);
    expect(seen).toMatchObject({ status: "active", cancelAtPeriodEnd: true });
    expect(toSeconds(seen?.["cancelAt"])).toBe(endsAt);
    await shop.renew();
    expect(await readPlan(userId)).toMatchObject({ status: "canceled" });
    expect((await shop.readCredits(userId)).given).toBe(500);
  });

  it.each(ways)("is taken back after %s, and the plan renews", async (name, billing, say) => {
    const { userId, caller, subscriptionId } = await subscribe(`resumed ${name}`, billing);
    await say(subscriptionId);
    await shop.settle();
    expect(await resumeSubscription(shop.history.context, caller)).toMatchObject({
      subscriptionId,
      cancelAtPeriodEnd: false,
      cancelAt: null,
    });
    expect(await readPlan(userId)).toMatchObject({ cancelAtPeriodEnd: false, cancelAt: null });
    await shop.renew();
    expect(await readPlan(userId)).toMatchObject({ status: "active" });
    expect((await shop.readCredits(userId)).given).toBe(1_000);
    await shop.stripe.subscriptions.cancel(subscriptionId);
  });

  it("can be repeated in each direction, and moves an earlier end to the end of the period", async () => {
    const { caller, subscriptionId } = await subscribe("repeated", "itemized");
    const { context } = shop.history;
    await atATime(subscriptionId);
    const cancelled = await cancelSubscription(context, caller);
    expect(cancelled).toMatchObject({ cancelAtPeriodEnd: true });
    expect(cancelled.cancelAt).toBe(cancelled.currentPeriodEnd);
    expect(await cancelSubscription(context, caller)).toEqual(cancelled);
    const resumed = await resumeSubscription(context, caller);
    expect(resumed).toMatchObject({ cancelAtPeriodEnd: false, cancelAt: null });
    expect(await resumeSubscription(context, caller)).toEqual(resumed);
    await shop.stripe.subscriptions.cancel(subscriptionId);
  });

  it("is read from a plan that was written before its time was known", async () => {
    const { userId, caller, subscriptionId } = await subscribe("old", "itemized");
    const account = shop.history.db.collection("subscriptions").doc(userId);
    const { cancelAt: _unknown, ...old } = (await readPlan(userId)) ?? {};
    await account.update({ plan: old });
    expect(await cancelSubscription(shop.history.context, caller)).toMatchObject({ cancelAtPeriodEnd: true });
    await shop.stripe.subscriptions.cancel(subscriptionId);
  });

  it("cannot be taken back once the plan has ended", async () => {
    const { caller, subscriptionId } = await subscribe("ended", "itemized");
    await inPortal(subscriptionId);
    await shop.renew();
    await shop.settle();
    await expect(resumeSubscription(shop.history.context, caller)).rejects.toMatchObject({
      code: "failed_precondition",
    });
  });

  async function subscribe(name: string, billing: Billing) {
    const userId = name.replaceAll(/\W/g, "_");
    const subscriptionId = await shop.subscribe(userId, plan, { billing });
    await shop.settle();
    return { userId, caller: { userId, email: undefined }, subscriptionId };
  }

  async function readPlan(userId: string): Promise<Record<string, unknown> | undefined> {
    await shop.settle();
    const account = await shop.history.db.collection("subscriptions").doc(userId).get();
    const found: unknown = account.get("plan");
    return typeof found === "object" && found !== null ? { ...found } : undefined;
  }
});

function toSeconds(time: unknown): number {
  if (typeof time !== "object" || time === null || !("seconds" in time)) throw new Error("Expected a time");
  return Number(time.seconds);
}
