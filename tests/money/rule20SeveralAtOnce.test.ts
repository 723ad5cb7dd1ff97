import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Committer } from "../../functions/src/inbox/committer.ts";
import { planSchema, type Plan as StoredPlan } from "../../functions/src/model/plan.ts";
import { MS_PER_DAY } from "../../functions/src/platform/instant.ts";
import { cancelSubscription, resumeSubscription } from "../../functions/src/plans/cancel.ts";
import { savePlan } from "../../functions/src/plans/save.ts";
import { receiveWebhook } from "../../functions/src/webhooks/receive.ts";
import { deliver, listCalls, open } from "./market.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 20: several plans at once are kept, cancelled and resumed each by itself. */
describe("rule 20: several plans at once", () => {
  let shop: MoneyShop;
  let small: Plan;
  let large: Plan;
  let yearly: Plan;
  let several: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    small = await shop.sell({ credits: 500, unitAmount: 1_900 });
    large = await shop.sell({ credits: 1_000, unitAmount: 3_800 });
    yearly = await shop.sell({ credits: 9_000, unitAmount: 38_000, interval: "year" });
    several = await shop.sell({ credits: 10, unitAmount: 500, metadata: { allowSeveral: "true" } });
    await shop.settle();
  });

  afterAll(async () => await shop.close());

  describe("of different products", () => {
    it("each have their document, and one that ended leaves the others", async () => {
      const { userId, ids } = await subscribe("documents", [small, yearly]);
      const [monthId, yearId] = ids;
      for (const [subscriptionId, { productId }] of [[monthId, small] as const, [yearId, yearly] as const]) {
        const saved = { userId, provider: "stripe", subscriptionId, productId, status: "active" };
        expect(await shop.readDocument(`plans/stripe_${subscriptionId}`)).toMatchObject(saved);
      }
      expect(await readLive(userId)).toEqual(ids.toSorted());
      expect(await readShown(userId)).toMatchObject({ subscriptionId: yearId });
      await shop.stripe.subscriptions.cancel(yearId);
      await shop.settle();
      expect(await shop.readDocument(`plans/stripe_${yearId}`)).toMatchObject({ status: "canceled" });
      expect(await readLive(userId)).toEqual([monthId]);
      expect(await readShown(userId)).toMatchObject({ subscriptionId: monthId, status: "active" });
      await shop.stripe.subscriptions.cancel(monthId);
      await shop.settle();
      expect(await readLive(userId)).toEqual([]);
      expect(await readShown(userId)).toMatchObject({ status: "canceled" });
    });

    it("are cancelled and resumed by their ids, and the refusal without one lists them", async () => {
      const { caller, ids } = await subscribe("by_id", [small, large]);
      for (const change of [cancelSubscription, resumeSubscription]) {
        await expect(change(shop.history.context, caller)).rejects.toMatchObject({
          code: "failed_precondition",
          message: expect.stringMatching(
            /there are 2, and a subscriptionId must say which: sub_\w+, sub_\w+$/,
          ),
          subscriptionIds: expect.arrayContaining([...ids]),
        });
      }
      expect(await readEndings(ids)).toEqual([false, false]);
      for (const [index, subscriptionId] of ids.entries()) {
        const cancelled = await cancelSubscription(shop.history.context, caller, { subscriptionId });
        expect(cancelled).toMatchObject({ subscriptionId, cancelAtPeriodEnd: true });
        expect(await readEndings(ids)).toEqual([true, index === 1]);
      }
      const [subscriptionId] = ids;
      expect(await resumeSubscription(shop.history.context, caller, { subscriptionId })).toMatchObject({
        subscriptionId,
        cancelAtPeriodEnd: false,
      });
      expect(await readEndings(ids)).toEqual([false, true]);
      expect(await readShown(caller.userId)).toMatchObject({ subscriptionId });
      await end(ids);
    });

    it("need no id once there is one left, and have none once it has ended", async () => {
      const { caller, ids } = await subscribe("one_left", [small, large]);
      const [smallId, largeId] = ids;
      await end([smallId]);
      expect(await cancelSubscription(shop.history.context, caller)).toMatchObject({
        subscriptionId: largeId,
      });
      const ended = { subscriptionId: smallId };
      await expect(cancelSubscription(shop.history.context, caller, ended)).rejects.toMatchObject({
        code: "not_found",
      });
      await end([largeId]);
      await expect(cancelSubscription(shop.history.context, caller)).rejects.toMatchObject({
        code: "failed_precondition",
        message: "Cannot cancel the subscription: there is none",
      });
    });

    it("are nobody else's: another user's id is as unknown as any other", async () => {
      const { ids } = await subscribe("victim", [small]);
      const { caller, ids: own } = await subscribe("thief", [large]);
      const calls = await listCalls(shop, async () => {
        for (const subscriptionId of [...ids, "sub_none", "__proto__"]) {
          const message = `Cannot cancel the subscription: "${subscriptionId}" is no live subscription of yours`;
          await expect(
            cancelSubscription(shop.history.context, caller, { subscriptionId }),
          ).rejects.toMatchObject({ code: "not_found", message, subscriptionIds: undefined });
        }
      });
      expect(calls).toEqual([]);
      expect(await readEndings([...ids, ...own])).toEqual([false, false]);
      await end([...ids, ...own]);
    });
  });

  describe("of one product", () => {
    it("are refused before the provider is asked, until the first one has ended", async () => {
      const { userId, ids } = await subscribe("second", [small]);
      const calls = await listCalls(shop, async () => {
        await expect(open(shop, userId, small)).rejects.toMatchObject({
          code: "failed_precondition",
          message: expect.stringMatching(/has a live subscription of it \(sub_\w+\); .*allowSeveral: true/),
          subscriptionIds: ids,
        });
      });
      expect(calls).toEqual([]);
      await cancelSubscription(shop.history.context, { userId, email: undefined });
      await expect(open(shop, userId, small)).rejects.toMatchObject({ code: "failed_precondition" });
      await end(ids);
      await end([await shop.subscribe(userId, small)]);
      expect((await shop.readCredits(userId)).given).toBe(1_000);
    });

    it("are sold to a user whose card failed no more than to others", async () => {
      const { userId, ids } = await subscribe("past_due", [small]);
      await shop.failCard(ids[0]);
      await shop.renew();
      await shop.settle();
      expect(await readShown(userId)).toMatchObject({ status: "past_due" });
      await expect(open(shop, userId, small)).rejects.toMatchObject({ code: "failed_precondition" });
      await end(ids);
    });

    it("are sold if its metadata says so, and reported to nobody", async () => {
      const { userId, ids } = await subscribe("several", [several]);
      const next = await shop.subscribe(userId, several);
      expect(await readTwice()).toEqual([]);
      expect(await readLive(userId)).toEqual([...ids, next].toSorted());
      expect((await shop.readCredits(userId)).given).toBe(20);
      await end([...ids, next]);
    });

    it.each(["yes", "1", "TRUE"])(
      "are not for sale at all if it says allowSeveral: %s",
      async (allowSeveral) => {
        const unsure = await shop.sell({ credits: 10, unitAmount: 500, metadata: { allowSeveral } });
        await shop.settle();
        await expect(open(shop, "unsure", unsure)).rejects.toMatchObject({
          code: "failed_precondition",
          message: expect.stringContaining("no valid allowSeveral"),
        });
      },
    );

    it("are both honored if two open checkouts are paid, and the operator is told once", async () => {
      const userId = "twice";
      const sessions = [await open(shop, userId, small), await open(shop, userId, small)];
      for (const sessionId of sessions) await shop.history.control.pay(sessionId);
      const twice = await readTwice();
      const live = await readLive(userId);
      expect(live).toHaveLength(2);
      expect(twice).toEqual([{ userId, ...small, subscriptionIds: expect.arrayContaining(live) }]);
      expect((await shop.readCredits(userId)).given).toBe(1_000);
      await end(live);
      expect(await readTwice()).toEqual([]);
    });
  });

  describe("whose events come late or at once", () => {
    it.each([{ newestFirst: true }, { newestFirst: false }])("end as they are: %j", async (order) => {
      const userId = `late_${String(order.newestFirst)}`;
      const ids = [await shop.subscribe(userId, small), await shop.subscribe(userId, large)] as const;
      await shop.stripe.subscriptions.cancel(ids[0]);
      await shop.settle(order);
      expect(await readLive(userId)).toEqual([ids[1]]);
      await shop.stripe.subscriptions.cancel(ids[1]);
      await shop.settle(order);
      for (const event of (await shop.history.readEvents()).filter(({ type }) => isOfPlans(type)))
        await receiveWebhook(shop.history.context, "stripe", shop.history.toRequest(event));
      expect(await readLive(userId)).toEqual([]);
      expect(await readShown(userId)).toMatchObject({ status: "canceled" });
    });

    it("do not come back with a read from before their end, whatever its time says", async () => {
      const { userId, ids } = await subscribe("revenant", [small]);
      const live = await readPlan(ids[0]);
      await end(ids);
      for (const readAt of [live.readAt, shop.history.context.now(), new Date(Date.UTC(2031, 0, 1))])
        await save(userId, { ...live, readAt });
      expect(await readPlan(ids[0])).toMatchObject({ status: "canceled" });
      expect(await readLive(userId)).toEqual([]);
    });

    it.each([0, -MS_PER_DAY, MS_PER_DAY])(
      "are what was asked last, by a clock that differs by %d ms",
      async (skewMs) => {
        const { userId, ids } = await subscribe(`reads_${skewMs}`, [small]);
        const known = await readPlan(ids[0]);
        const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        const quantities = [7, 8];
        const readAt = new Date(shop.history.context.now().getTime() + skewMs);
        const slow = save(userId, known, async () => {
          const quantity = quantities.shift() ?? 0;
          asked.resolve();
          await released.promise;
          return { ...known, quantity, readAt };
        });
        await asked.promise;
        await save(userId, { ...known, quantity: 9 });
        released.resolve();
        await slow;
        expect(quantities).toEqual([]);
        expect(await readPlan(ids[0])).toMatchObject({ quantity: 8 });
        expect(await readShown(userId)).toMatchObject({ quantity: 8 });
        await end(ids);
      },
    );

    it("are all kept if they are told at once", async () => {
      const plans = [small, large, yearly, several];
      const ids: string[] = [];
      for (const plan of plans) ids.push(await shop.subscribe("at_once", plan));
      const events = (await shop.history.readEvents()).filter(
        ({ id, type }) => isOfPlans(type) && !shop.history.deliveredIds.has(id),
      );
      const receive = async (event: (typeof events)[number]) =>
        await receiveWebhook(shop.history.context, "stripe", shop.history.toRequest(event));
      await Promise.all([...events, ...events].map(receive));
      expect(await readLive("at_once")).toEqual(ids.toSorted());
      await end(ids);
      expect(await readLive("at_once")).toEqual([]);
    });

    it("are cancelled while their events arrive", async () => {
      const { caller, ids } = await subscribe("racing", [small, large]);
      await shop.stripe.subscriptions.update(ids[0], { description: "changed" });
      await Promise.all([
        cancelSubscription(shop.history.context, caller, { subscriptionId: ids[0] }),
        cancelSubscription(shop.history.context, caller, { subscriptionId: ids[1] }),
        shop.settle(),
      ]);
      await shop.settle();
      expect(await readEndings(ids)).toEqual([true, true]);
      for (const id of ids) expect(await readPlan(id)).toMatchObject({ cancelAtPeriodEnd: true });
      expect(await readLive(caller.userId)).toEqual(ids.toSorted());
      await end(ids);
    });
  });

  describe("of an account from before", () => {
    it("can be cancelled and resumed, and then have their documents", async () => {
      const subscriptionId = await subscribeOld("old");
      const caller = { userId: "old", email: undefined };
      for (const change of [cancelSubscription, resumeSubscription])
        expect(await change(shop.history.context, caller, { subscriptionId })).toMatchObject({
          subscriptionId,
        });
      expect(await readLive("old")).toEqual([subscriptionId]);
      expect(await readPlan(subscriptionId)).toMatchObject({ cancelAtPeriodEnd: false });
      await end([subscriptionId]);
    });

    it("are no reason to sell a second one, and stay beside another product's", async () => {
      const subscriptionId = await subscribeOld("old_second");
      await expect(open(shop, "old_second", small)).rejects.toMatchObject({
        code: "failed_precondition",
        subscriptionIds: [subscriptionId],
      });
      const other = await shop.subscribe("old_second", large);
      await shop.settle();
      expect(await readLive("old_second")).toEqual([subscriptionId, other].toSorted());
      await expect(open(shop, "old_second", small)).rejects.toMatchObject({ code: "failed_precondition" });
      await end([subscriptionId, other]);
      expect(await readLive("old_second")).toEqual([]);
    });
  });

  async function subscribe(
    userId: string,
    plans: readonly [Plan],
  ): Promise<Subscribed & { ids: readonly [string] }>;
  async function subscribe(
    userId: string,
    plans: readonly [Plan, Plan],
  ): Promise<Subscribed & { ids: readonly [string, string] }>;
  async function subscribe(
    userId: string,
    plans: readonly Plan[],
  ): Promise<Subscribed & { ids: readonly string[] }> {
    const ids: string[] = [];
    for (const plan of plans) ids.push(await shop.subscribe(userId, plan));
    await shop.settle();
    return { userId, caller: { userId, email: undefined }, ids };
  }

  /** As the version before kept it: in the account alone. */
  async function subscribeOld(userId: string): Promise<string> {
    const { ids } = await subscribe(userId, [small]);
    const { db } = shop.history;
    const { cancelAt: _unknown, ...plan } = await readPlan(ids[0]);
    await db.doc(`plans/stripe_${ids[0]}`).delete();
    await db.doc(`subscriptions/${userId}`).update({ plan });
    const { plans: _plans, ...buyer } = (await shop.readDocument(`customers/${userId}`)) ?? {};
    await db.doc(`customers/${userId}`).set(buyer);
    return ids[0];
  }

  async function end(ids: readonly string[]): Promise<void> {
    for (const id of ids) await shop.stripe.subscriptions.cancel(id);
    await shop.settle();
  }

  /** The live subscriptions as a purchase knows them. */
  async function readLive(userId: string): Promise<string[]> {
    const { plans } = (await shop.readDocument(`customers/${userId}`)) ?? {};
    return Object.keys(Object(plans))
      .map((planId) => planId.replace("stripe_", ""))
      .toSorted();
  }

  async function readShown(userId: string): Promise<unknown> {
    return (await shop.readDocument(`subscriptions/${userId}`))?.["plan"];
  }

  async function readPlan(subscriptionId: string): Promise<StoredPlan> {
    return planSchema.parse(await shop.readDocument(`plans/stripe_${subscriptionId}`));
  }

  async function save(userId: string, plan: StoredPlan, read = async () => await Promise.resolve(plan)) {
    const { context } = shop.history;
    await savePlan(context, plan, async () => ({ userId, plan: await read() }), new Committer(context));
  }

  /** Whether they end, as Stripe has it. */
  async function readEndings(ids: readonly string[]): Promise<boolean[]> {
    const found = await Promise.all(ids.map(async (id) => await shop.stripe.subscriptions.retrieve(id)));
    return found.map(({ cancel_at: at }) => at !== null);
  }

  /** What the operator is told by the events until now. */
  async function readTwice(): Promise<unknown[]> {
    const handled = await deliver(shop);
    return handled.flatMap((each) => ("subscribedTwice" in each ? (each.subscribedTwice ?? []) : []));
  }
});

interface Subscribed {
  userId: string;
  caller: { userId: string; email: undefined };
}

function isOfPlans(type: string): boolean {
  return type.startsWith("customer.subscription.");
}
