import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stripe } from "stripe";
import { PaymentAdapterFactory } from "../../functions/src/adapters/factory.ts";
import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import {
  forgetUser,
  requireForgotten,
  resumeDeletion,
  type ForgottenUser,
} from "../../functions/src/deletion/forgetUser.ts";
import type { GatewayContext } from "../../functions/src/options.ts";
import { askForOwners } from "../../functions/src/deletion/owners.ts";
import type { AccountDirectory } from "../../functions/src/platform/auth/accounts.ts";
import type { Caller } from "../../functions/src/platform/caller.ts";
import { reconcilePayments } from "../../functions/src/reconciliation/reconcile.ts";
import { receiveWebhook } from "../../functions/src/webhooks/receive.ts";
import { startLocalStripe, type LocalStripe } from "../../local/stripe/index.ts";
import { buildStripeAdapter, connectStripe } from "../kit/stripe.ts";
import { MoneyShop, type Plan } from "./shop.ts";

const OTHER_KEY = "sk_test_other_account";
const EMAIL = "ada.lovelace@example.com";

/**
 * Rule 23: a deletion always ends. What fails is tried again, what our keys do not reach is noted, and nothing waits for
 * anything else.
 */
describe("rule 23: a user's end", () => {
  let shop: MoneyShop;
  let pack: Plan;
  let small: Plan;
  let large: Plan;
  let other: { server: LocalStripe; stripe: Stripe; context: GatewayContext; pack: Plan };

  beforeAll(async () => {
    shop = await MoneyShop.open();
    pack = await shop.sellOnce({ credits: 100, unitAmount: 500 });
    small = await shop.sell({ credits: 500, unitAmount: 1_900 });
    large = await shop.sell({ credits: 1_000, unitAmount: 3_800 });
    await shop.settle();
    other = await openOther();
  });

  afterAll(async () => await Promise.all([shop.close(), other.server.close()]));

  /** An account at Stripe whose objects the shop's keys do not reach: "No such checkout.session". https://docs.stripe.com/keys */
  async function openOther() {
    const server = await startLocalStripe({
      port: 0,
      apiKey: OTHER_KEY,
      webhookEndpoints: [],
      now: () => shop.history.context.now().getTime(),
    });
    const account = { url: server.url, apiKey: OTHER_KEY };
    const stripe = connectStripe(account);
    const { id: productId, default_price: price } = await stripe.products.create({
      name: "Credits",
      default_price_data: { unit_amount: 500, currency: "usd" },
      metadata: { creditsAmount: "100" },
    });
    if (typeof price !== "string") throw new Error("Expected the id of a price");
    return { server, stripe, context: withStripeAt(account), pack: { productId, priceId: price } };
  }

  /** The shop over another account. */
  function withStripeAt(account: { url: string; apiKey: string }): GatewayContext {
    const { context } = shop.history;
    const { projectId } = context;
    const adapter = buildStripeAdapter({ ...account, webhookSecret: "whsec_other", projectId });
    const adapters = new PaymentAdapterFactory(
      { stripe: async () => adapter },
      { defaultProvider: "stripe" },
    );
    return { ...context, adapters };
  }

  /** Nobody listens there. */
  function whileStripeIsDown(): GatewayContext {
    return withStripeAt({ url: "http://127.0.0.1:9", apiKey: OTHER_KEY });
  }

  async function open(caller: Caller, plan: Plan, context = shop.history.context): Promise<string> {
    return (await createPaymentSession(context, caller, plan)).sessionId;
  }

  /** Returns the subscription. */
  async function subscribe(caller: Caller, plan: Plan): Promise<string> {
    const sessionId = await open(caller, plan);
    await shop.history.control.pay(sessionId);
    await shop.settle();
    return await readSubscription(sessionId);
  }

  async function readSubscription(sessionId: string): Promise<string> {
    const { subscription } = await shop.stripe.checkout.sessions.retrieve(sessionId);
    if (typeof subscription !== "string") throw new Error("Expected a subscription");
    return subscription;
  }

  /** Of a payment of the user's, which is the only one with that amount. */
  async function readIntent(sessionId: string): Promise<string> {
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(sessionId);
    if (typeof intent !== "string") throw new Error("Expected a payment intent");
    return intent;
  }

  async function deleteUser(userId: string, context = shop.history.context): Promise<ForgottenUser> {
    return await forgetUser(context, { userId, deletedAt: context.now() });
  }

  async function readBuyer(userId: string) {
    return await shop.readDocument(`customers/${userId}`);
  }

  async function readCustomerId(userId: string): Promise<string> {
    const providers: unknown = (await readBuyer(userId))?.["providers"];
    return String(Reflect.get(Object(Reflect.get(Object(providers), "stripe")), "customerId"));
  }

  async function readStatus(subscriptionId: string): Promise<string> {
    return (await shop.stripe.subscriptions.retrieve(subscriptionId)).status;
  }

  /** What a run could not repair, by what it is about. */
  async function reconcile(
    context = shop.history.context,
  ): Promise<{ failedIds: string[]; forgotten: ForgottenUser[] }> {
    const failedIds: string[] = [];
    const forgotten: ForgottenUser[] = [];
    await reconcilePayments(context, {
      onFailure: ({ id }) => failedIds.push(id),
      onForgotten: (run) => forgotten.push(run),
    }).catch(() => undefined);
    return { failedIds, forgotten };
  }

  /** Whether anything in the database says who somebody is. */
  async function findText(text: string): Promise<string[]> {
    const collections = await shop.history.db.listCollections();
    const found = await Promise.all(collections.map(async (collection) => (await collection.get()).docs));
    return found
      .flat()
      .filter((document) => JSON.stringify(document.data()).includes(text))
      .map(({ ref }) => ref.path);
  }

  it("comes although Stripe is down meanwhile, and with a checkout of other keys, a failed event and a dispute", async () => {
    const ada = callerOf("ada");
    const strangeId = await open(ada, other.pack, other.context);
    const plans = [await subscribe(ada, small), await subscribe(ada, large)];
    const openId = await open(ada, pack);
    const paidId = await open(ada, pack);
    await shop.history.control.pay(paidId);
    await shop.settle();
    await shop.history.control.dispute(await readIntent(paidId));
    await shop.settle();
    const failedId = await failEvent(await openAndPay(ada));
    const customerId = await readCustomerId("ada");
    const payments = await readPayments("ada");
    const down = await deleteUser("ada", whileStripeIsDown());
    const words = down.failures.map(({ message }) => message.split('"')[0]);
    expect(new Set(words)).toEqual(
      new Set(["Cannot end session ", "Cannot end subscription ", "Cannot end customer "]),
    );
    expect(down.endedIds).toEqual([]);
    expect(() => requireForgotten(down)).toThrow(AggregateError);
    expect(await readBuyer("ada")).toMatchObject({ providers: {}, forgottenAt: null });

    const up = await reconcile();
    expect(up.forgotten).toMatchObject([{ userId: "ada", unreachableIds: [strangeId], failures: [] }]);
    expect(await Promise.all(plans.map(readStatus))).toEqual(["canceled", "canceled"]);
    expect(await shop.stripe.checkout.sessions.retrieve(openId)).toMatchObject({ status: "expired" });
    expect(await shop.stripe.customers.retrieve(customerId)).toMatchObject({ deleted: true });
    expect(await readBuyer("ada")).toMatchObject({
      ending: {},
      unreachable: { [strangeId]: { kind: "session", provider: "stripe" } },
      forgottenAt: expect.anything(),
    });
    expect((await shop.readDocument(`webhook_events/stripe_${failedId}`))?.["status"]).toBe("failed");
    expect(await findText(EMAIL)).toEqual([]);

    // It is noted once, ends by itself, and nobody is charged for anything more.
    const kept = await shop.readMoneyKept();
    await shop.renew();
    await shop.settle();
    const later = await reconcile();
    expect(later.forgotten).toEqual([]);
    expect(await shop.readMoneyKept()).toBe(kept);
    expect(Object.keys(await readPayments("ada"))).toEqual(expect.arrayContaining(Object.keys(payments)));
    expect((await shop.readDocument(`webhook_events/stripe_${failedId}`))?.["status"]).toBe("processed");
    expect(later.failedIds).toEqual([]);
    expect(await shop.readDocument(`payment_sessions/${strangeId}`)).toMatchObject({ status: "expired" });
  });

  async function openAndPay(caller: Caller): Promise<string> {
    const sessionId = await open(caller, pack);
    await shop.history.control.pay(sessionId);
    return sessionId;
  }

  /** Lets the event of a paid checkout fail. Returns its id. */
  async function failEvent(sessionId: string): Promise<string> {
    const events = await shop.history.readEvents();
    const event = events.find(
      ({ type, data }) =>
        type === "checkout.session.completed" && Reflect.get(data.object, "id") === sessionId,
    );
    if (!event) throw new Error("Expected the event of a paid checkout");
    expect(JSON.stringify(event)).toContain(EMAIL);
    // One of another version must be fetched.
    const old = { ...event, api_version: "2020-08-27" };
    await shop.history.control.addFault({
      route: "GET /v1/checkout/sessions/:id",
      fault: "error",
      status: 500,
      times: 3,
    });
    const failing = receiveWebhook(shop.history.context, "stripe", shop.history.toRequest(old));
    await expect(failing).rejects.toThrow("attempt 1 failed");
    shop.history.deliveredIds.add(event.id);
    return event.id;
  }

  async function readPayments(userId: string): Promise<Record<string, unknown>> {
    const { docs } = await shop.history.db.collection("payments").where("userId", "==", userId).get();
    return Object.fromEntries(docs.map((payment) => [payment.id, payment.get("status")]));
  }
  async function expectEnded(userId: string, subscriptionId: string): Promise<void> {
    expect(await readStatus(subscriptionId)).toBe("canceled");
    expect(await readBuyer(userId)).toMatchObject({
      plans: {},
      ending: {},
      forgottenAt: expect.anything(),
    });
    expect(Object.values(await readPayments(userId))).toEqual(["succeeded"]);
  }

  async function expectBuyer(userId: string, expected: object): Promise<void> {
    expect({ deletedAt: null, ...(await readBuyer(userId)) }).toMatchObject(expected);
  }

  /** An Auth that knows these users, and none else. */
  function withAccounts(known: readonly string[]): GatewayContext {
    const findExisting = async (userIds: readonly string[]) =>
      new Set(userIds.filter((userId) => known.includes(userId)));
    return { ...shop.history.context, accounts: { findExisting } };
  }

  describe("a purchase that completes", () => {
    it("while the user is deleted ends with them, whoever hears of it first", async () => {
      for (const order of ["webhook first", "deletion first"]) {
        const user = callerOf(`during ${order}`.replaceAll(" ", "_"));
        const sessionId = await open(user, small);
        const { failures } = await deleteUser(user.userId, whileStripeIsDown());
        expect(failures.length).toBeGreaterThan(0);
        await shop.history.control.pay(sessionId);
        if (order === "webhook first") await shop.settle();
        requireForgotten(await resumeDeletion(shop.history.context, user.userId));
        await shop.settle();
        await expectEnded(user.userId, await readSubscription(sessionId));
      }
    });

    it("before the user is deleted, and is heard of after, ends with them", async () => {
      const user = callerOf("before");
      const sessionId = await open(user, small);
      await shop.history.control.pay(sessionId);
      requireForgotten(await deleteUser(user.userId));
      await shop.settle();
      await expectEnded(user.userId, await readSubscription(sessionId));
    });

    it("and is paid by somebody else is ended by the next run, and by the run after it if that fails", async () => {
      await open(callerOf("payer"), pack);
      const subscriptionId = await shop.subscribe("late", large, { payerId: "payer" });
      requireForgotten(await deleteUser("late"));
      expect(await readStatus(subscriptionId)).toBe("active");
      await shop.settle();
      expect(await readBuyer("late")).toMatchObject({
        plans: {},
        ending: { [subscriptionId]: { kind: "subscription" } },
        forgottenAt: null,
      });
      await reconcile(whileStripeIsDown());
      expect(await readStatus(subscriptionId)).toBe("active");
      await reconcile();
      await shop.settle();
      await expectEnded("late", subscriptionId);
      await expectBuyer("payer", { deletedAt: null });
    });
  });

  describe("what is gone at the provider already", () => {
    it("is done: a customer who was deleted there, a session and a subscription that are over", async () => {
      const user = callerOf("gone");
      const subscriptionId = await subscribe(user, small);
      const openId = await open(user, pack);
      await shop.stripe.checkout.sessions.expire(openId);
      await shop.stripe.customers.del(await readCustomerId("gone"));
      const forgotten = await deleteUser("gone");
      expect(forgotten).toMatchObject({ unreachableIds: [], failures: [] });
      expect(forgotten.endedIds).toEqual(expect.arrayContaining([openId, subscriptionId]));
      expect(await readBuyer("gone")).toMatchObject({ ending: {}, unreachable: {} });
    });
  });

  /** https://github.com/firebase/firebase-functions/issues/860 */
  describe("a bulk deletion, of which no trigger tells", () => {
    it("is not what an Auth says that knows none of many, as in a copy of the project", async () => {
      const ids = Array.from({ length: 11 }, (_, index) => `many_${index}`);
      const at = shop.history.context.now();
      for (const userId of ids) {
        const seen = { userId, tenantId: null, createdAt: at, updatedAt: at };
        await shop.history.db.doc(`customers/${userId}`).set(seen);
      }
      const unknown = await askForOwners(withAccounts([]), ids);
      expect([unknown.goneIds, [...unknown.unknown.keys()]]).toEqual([[], ids]);
      const asked = await askForOwners(withAccounts(ids.slice(0, 1)), ids);
      expect(asked.goneIds).toEqual(ids.slice(1));
    });

    it("is found by asking Auth about the owners of live subscriptions, and nobody else is deleted", async () => {
      const [gone, stays, strange] = ["bulk_gone", "bulk_stays", "bulk_strange"];
      const ids = [];
      for (const userId of [gone, stays])
        ids.push(await subscribe(callerOf(userId, { tenantId: null }), small));
      // Nobody has seen a token of theirs: Auth may be that of another project.
      ids.push(await subscribe(callerOf(strange), small));
      const { failedIds, forgotten } = await reconcile(withAccounts([stays]));
      expect(forgotten.map(({ userId }) => userId)).toEqual([gone]);
      expect(failedIds).toContain(strange);
      expect(await Promise.all(ids.map(readStatus))).toEqual(["canceled", "active", "active"]);
      await expectBuyer(stays, { deletedAt: null });
      await expectBuyer(strange, { deletedAt: null });
    });

    it("is found of somebody whom Auth knew before, without a token", async () => {
      const subscriptionId = await subscribe(callerOf("bulk_known"), small);
      await reconcile(withAccounts(["bulk_known", ...others]));
      await expectBuyer("bulk_known", { tenantId: null });
      await reconcile(withAccounts(others));
      expect(await readStatus(subscriptionId)).toBe("canceled");
    });

    it("is not taken for one if Auth cannot be reached", async () => {
      const subscriptionId = await subscribe(callerOf("bulk_outage", { tenantId: null }), small);
      const accounts = {
        findExisting: async () => await Promise.reject<Set<string>>(new Error("Unreachable")),
      };
      const { failedIds, forgotten } = await reconcile({ ...shop.history.context, accounts });
      expect(forgotten).toEqual([]);
      expect(failedIds).toContain("bulk_outage");
      expect(await readStatus(subscriptionId)).toBe("active");
    });

    it("asks for users of a tenant there", async () => {
      const subscriptionId = await subscribe(callerOf("bulk_tenant", { tenantId: "shop" }), small);
      const asked: (string | null)[] = [];
      const accounts: AccountDirectory = {
        findExisting: async (userIds, tenantId) => {
          asked.push(tenantId);
          return new Set(tenantId === "shop" || !userIds.includes("bulk_tenant") ? userIds : []);
        },
      };
      await reconcile({ ...shop.history.context, accounts });
      expect(asked).toContain("shop");
      expect(await readStatus(subscriptionId)).toBe("active");
    });

    const others = ["bulk_stays", "bulk_strange", "bulk_outage"];
  });

  describe("an id that is made anew", () => {
    it("buys again with nothing of the old account, whose tokens buy nothing", async () => {
      const { context } = shop.history;
      const before = new Date(context.now().getTime() - 60_000);
      const old = callerOf("anew", { authenticatedAt: before, tenantId: null });
      const oldSessionId = await openAndPay(old);
      await subscribe(old, small);
      const oldCustomerId = await readCustomerId("anew");
      const deletedAt = context.now();
      expect(await shop.readCredits("anew")).toMatchObject({ available: 600 });
      requireForgotten(await forgetUser(context, { userId: "anew", deletedAt }));
      await shop.settle();
      expect(await shop.readCredits("anew")).toMatchObject({ available: 0, given: 600 });
      await expect(open(old, pack)).rejects.toMatchObject({ code: "unauthenticated" });

      const renewed = callerOf("anew", {
        authenticatedAt: new Date(deletedAt.getTime() + 1_000),
        tenantId: null,
      });
      await openAndPay(renewed);
      expect(await shop.readCredits("anew")).toMatchObject({ available: 100 });
      const customerId = await readCustomerId("anew");
      expect(customerId).not.toBe(oldCustomerId);
      expect(await readBuyer("anew")).toMatchObject({ deletedAt: null, plans: {} });

      // The event that tells of the old account may come again.
      expect(await forgetUser(context, { userId: "anew", deletedAt })).toMatchObject({ endedIds: [] });
      expect(await shop.stripe.customers.retrieve(customerId)).not.toHaveProperty("deleted");
      await shop.stripe.refunds.create({ payment_intent: await readIntent(oldSessionId) });
      expect(await shop.readCredits("anew")).toMatchObject({ available: 100, debt: 0 });

      requireForgotten(
        await deleteUser("anew", { ...context, now: () => new Date(deletedAt.getTime() + 9_000) }),
      );
      expect(await shop.stripe.customers.retrieve(customerId)).toMatchObject({ deleted: true });
    });

    it("does not wait for what the old one left", async () => {
      const { context } = shop.history;
      const subscriptionId = await subscribe(callerOf("anew_down"), small);
      const deletedAt = context.now();
      await forgetUser(whileStripeIsDown(), { userId: "anew_down", deletedAt });
      const renewed = callerOf("anew_down", { authenticatedAt: new Date(deletedAt.getTime() + 1_000) });
      const again = await subscribe(renewed, small);
      await reconcile();
      expect([await readStatus(subscriptionId), await readStatus(again)]).toEqual(["canceled", "active"]);
      expect(Object.keys(Object((await readBuyer("anew_down"))?.["plans"]))).toEqual([`stripe_${again}`]);
    });
  });

  describe("a plan that the keys did not reach when its user was deleted", () => {
    it("ends once they do, with its customer, and is nobody else's", async () => {
      const { context } = shop.history;
      for (const isAnew of [false, true]) {
        const userId = `wrong_keys_${isAnew}`;
        const subscriptionId = await subscribe(callerOf(userId), small);
        const customerId = await readCustomerId(userId);
        const deletedAt = context.now();
        const { unreachableIds } = await forgetUser(other.context, { userId, deletedAt });
        expect(unreachableIds).toEqual(expect.arrayContaining([subscriptionId, customerId]));
        const authenticatedAt = new Date(deletedAt.getTime() + 1_000);
        if (isAnew) await open(callerOf(userId, { authenticatedAt }), pack);
        await shop.renew();
        await shop.settle();
        expect(await readBuyer(userId)).toMatchObject({ plans: {} });
        await reconcile();
        expect(await readStatus(subscriptionId)).toBe("canceled");
        expect(await shop.stripe.customers.retrieve(customerId)).toMatchObject({ deleted: true });
        await expectBuyer(userId, { ending: {}, unreachable: {}, forgottenAt: expect.anything() });
      }
    });
  });

  it("leaves no trace in an event that fails after it", async () => {
    const user = callerOf("trace");
    const sessionId = await openAndPay(user);
    requireForgotten(await deleteUser("trace"));
    const eventId = await failEvent(sessionId);
    const { status, payload } = (await shop.readDocument(`webhook_events/stripe_${eventId}`)) ?? {};
    expect(status).toBe("failed");
    expect(payload).not.toContain(EMAIL);
    await shop.pass(1);
    await reconcile();
    expect(Object.values(await readPayments("trace"))).toEqual(["succeeded"]);
  });
});

function callerOf(userId: string, extra: Partial<Caller> = {}): Caller {
  return { userId, email: EMAIL, ...extra };
}
