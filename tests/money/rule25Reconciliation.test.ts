import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../functions/src/adapters/stripe/events.ts";
import { verifyPayment } from "../../functions/src/checkout/verifyPayment.ts";
import { bookPayment } from "../../functions/src/credits/bookPayment.ts";
import {
  reconcilePayments,
  type ReconciliationOptions,
} from "../../functions/src/reconciliation/reconcile.ts";
import { buy, createPack, deliver, listCalls, open } from "./market.ts";
import { MoneyShop } from "./shop.ts";

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
const LIST = "GET /v1/events";

/** Rule 25: a reconciliation gets through on any account, in as many runs as that takes. */
describe("rule 25: reconciliation on any account", () => {
  let shop: MoneyShop;
  let productId: string;

  beforeEach(async () => {
    shop = await MoneyShop.open();
    ({ productId } = await createPack(shop));
    await deliver(shop);
    await reconcile(shop);
    await shop.history.pass(HOUR_SECONDS);
  });

  afterEach(async () => await shop.close());

  it("comes to the end in one run if there is little to do, and says so", async () => {
    await buy(shop, "anna", { productId });
    expect(await reconcile(shop)).toMatchObject({ complete: true, failures: [], events: { repaired: 1 } });
    expect(await readAvailable(shop, "anna")).toBe(100);
    expect(await readCursor(shop, "stripe")).toMatchObject({ walk: null });
  });

  it("stopped after any number of items, goes on there in the next run, and ends", async () => {
    const users = ["anna", "boris", "chen"];
    for (const user of users) await buy(shop, user, { productId });
    await shop.history.control.addForeignEvents({ count: 450, type: "invoice.paid" });
    const looked = await countRead(shop);
    const runs: { complete: boolean; seen: number }[] = [];
    do {
      const { complete, events } = await reconcile(shop, turns(6));
      runs.push({ complete, seen: events.seen });
      // Beyond the overlap of two walks.
      await shop.history.pass(700);
    } while (!runs.at(-1)?.complete && runs.length < 40);
    expect(runs.at(-1)).toMatchObject({ complete: true });
    expect(runs.length).toBeGreaterThan(2);
    for (const user of users) expect(await readAvailable(shop, user)).toBe(100);
    // What was seen twice is at most the page at which each run stopped.
    const seen = runs.reduce((sum, run) => sum + run.seen, 0);
    expect(seen).toBeLessThanOrEqual(looked + 100 * runs.length);
  });

  it("begins nothing after its time, and nothing at all without any", async () => {
    await buy(shop, "anna", { productId });
    const calls = await listCalls(shop, async () => {
      expect(await reconcile(shop, { budgetMs: 0 })).toMatchObject({ complete: false, events: { seen: 0 } });
    });
    expect(calls).toEqual([]);
    expect(await reconcile(shop)).toMatchObject({ complete: true, events: { repaired: 1 } });
  });

  it("works on every step in each run, whatever backlog one of them has", async () => {
    await shop.history.control.addForeignEvents({ count: 2_000, type: "invoice.paid" });
    const overdue = await open(shop, "boris", { productId });
    await shop.history.db.doc(`payment_sessions/${overdue}`).update({ expiresAt: new Date(0) });
    await buyUnbooked(shop, "anna", productId);
    const report = await reconcile(shop, turns(8));
    expect(report).toMatchObject({ complete: false, sessions: { seen: 1 }, credits: { repaired: 1 } });
    expect(report.events.seen).toBeGreaterThan(0);
  });

  it("gets past sessions that cannot be checked", async () => {
    for (const user of ["anna", "boris", "chen"]) {
      const sessionId = await open(shop, user, { productId });
      await shop.history.db
        .doc(`payment_sessions/${sessionId}`)
        .update({ expiresAt: new Date(0), provider: "gone" });
    }
    const last = await open(shop, "dora", { productId });
    await shop.history.control.expire(last);
    await shop.history.db.doc(`payment_sessions/${last}`).update({ expiresAt: new Date(1) });
    const [failed, statuses] = [[] as number[], [] as unknown[]];
    for (let run = 0; run < 6; run += 1) {
      const { sessions } = await reconcile(shop, turns(12));
      failed.push(sessions.failed);
      statuses.push((await shop.history.db.doc(`payment_sessions/${last}`).get()).get("status"));
    }
    expect(Math.max(...failed)).toBeGreaterThan(0);
    expect(statuses.at(-1)).toBe("expired");
  });

  describe("foreign events", () => {
    it.each([undefined, "2020-08-27", "2024-06-20"])(
      "of API version %s cost neither a call nor a write",
      async (apiVersion) => {
        await shop.history.control.addForeignEvents({
          count: 330,
          ...(apiVersion !== undefined && { apiVersion }),
        });
        const calls = await listCalls(shop, async () => {
          const report = await reconcile(shop);
          expect(report).toMatchObject({ complete: true, failures: [], events: { repaired: 0, failed: 0 } });
          expect(report.events.seen).toBe(await countRead(shop));
        });
        expect(new Set(calls)).toEqual(new Set([LIST]));
        expect((await shop.history.db.collection("webhook_events").get()).docs.filter(isForeign)).toEqual([]);
      },
    );

    it("are not listed at all if their type says nothing to us", async () => {
      await buy(shop, "anna", { productId });
      const read = await countRead(shop);
      expect(read).toBeLessThan((await listSince(shop)).length);
      expect((await reconcile(shop)).events.seen).toBe(read);
    });

    it("hide no refund of ours, whenever its payment became known", async () => {
      await buy(shop, "anna", { productId });
      const [intent] = (await shop.stripe.paymentIntents.list({ limit: 1 })).data;
      await shop.history.pass(HOUR_SECONDS);
      await shop.stripe.refunds.create({ payment_intent: String(intent?.id), amount: 250 });
      await reconcile(shop);
      expect(await readAvailable(shop, "anna")).toBe(50);
    });

    it("hide no refund of an invoice of ours, which its events do not name", async () => {
      const plan = await shop.sell({ credits: 100, unitAmount: 900 });
      await shop.subscribe("anna", plan);
      await reconcile(shop);
      expect(await readAvailable(shop, "anna")).toBe(100);
      const [intent] = (await shop.stripe.paymentIntents.list({ limit: 1 })).data;
      await shop.history.pass(HOUR_SECONDS);
      await shop.stripe.refunds.create({ payment_intent: String(intent?.id) });
      await shop.history.control.addForeignEvents({ count: 66 });
      await reconcile(shop);
      await bookAll(shop);
      expect(await readAvailable(shop, "anna")).toBe(0);
    });

    it("were foreign only as long as their payment was not known: a late webhook brings what happened since", async () => {
      await buy(shop, "anna", { productId });
      const [intent] = (await shop.stripe.paymentIntents.list({ limit: 1 })).data;
      await shop.stripe.refunds.create({ payment_intent: String(intent?.id) });
      await shop.history.pass(HOUR_SECONDS);
      const completed = (await shop.history.readEvents()).filter(
        ({ type }) => type === "checkout.session.completed",
      );
      for (const { id } of await shop.history.readEvents()) shop.history.deliveredIds.add(id);
      for (const { id } of completed) shop.history.deliveredIds.delete(id);
      await deliver(shop);
      await bookAll(shop);
      expect(await readAvailable(shop, "anna")).toBe(0);
    });
  });

  /** Paid, refunded and listed; only the event that says it was paid is out of reach. */
  async function refundUnknown(): Promise<string> {
    const sessionId = await open(shop, "anna", { productId });
    await shop.history.control.pay(sessionId);
    const [intent] = (await shop.stripe.paymentIntents.list({ limit: 1 })).data;
    await shop.stripe.refunds.create({ payment_intent: String(intent?.id) });
    const events = await shop.history.readEvents();
    const event = events.find(({ type }) => type === "checkout.session.completed");
    const at = shop.history.context.now();
    // As if the provider's list no longer reached back to it.
    await shop.history.db.doc(`webhook_events/stripe_${event?.id}`).set({
      provider: "stripe",
      eventId: event?.id,
      type: event?.type,
      status: "processed",
      attempts: 1,
      nextAttemptAt: null,
      error: null,
      payload: null,
      expireAt: at,
      createdAt: at,
      updatedAt: at,
    });
    await shop.history.pass(HOUR_SECONDS);
    return sessionId;
  }

  describe("a refund whose payment was not known when it was listed", () => {
    it("counts once the session is found to be over", async () => {
      const sessionId = await refundUnknown();
      await reconcile(shop);
      await shop.history.db.doc(`payment_sessions/${sessionId}`).update({ expiresAt: new Date(0) });
      expect((await reconcile(shop)).sessions).toMatchObject({ repaired: 1 });
      await bookAll(shop);
      expect(await readAvailable(shop, "anna")).toBe(0);
    });

    it("counts once its buyer returns", async () => {
      const sessionId = await refundUnknown();
      await reconcile(shop);
      const verified = await verifyPayment(
        shop.history.context,
        { userId: "anna", email: undefined },
        { sessionId },
      );
      expect(verified).toMatchObject({ success: false, status: "refunded" });
    });
  });

  describe("what cannot be read", () => {
    it("is one failed event in the inbox, whatever it is, and changes nothing for others", async () => {
      await buy(shop, "anna", { productId });
      // A price without a product is of a shape that nobody knows.
      await shop.history.control.addForeignEvents({
        count: 1,
        type: "price.updated",
        object: { product: null },
      });
      await buy(shop, "boris", { productId });
      const report = await reconcile(shop);
      expect(report).toMatchObject({ complete: true, events: { repaired: 2, failed: 1 } });
      expect(report.failures).toHaveLength(1);
      const failed = await shop.history.db.collection("webhook_events").where("status", "==", "failed").get();
      expect(failed.docs.map((entry) => entry.get("error"))).toEqual([
        expect.stringContaining("names no product"),
      ]);
      for (const user of ["anna", "boris"]) expect(await readAvailable(shop, user)).toBe(100);
      // It is tried again when it is due, and not at each walk.
      await shop.history.pass(30);
      expect(await reconcile(shop)).toMatchObject({ failures: [], complete: true });
    });

    it("is one payment that waits, and does not hold the cursor", async () => {
      const unreadable = await buyUnbooked(shop, "anna", productId);
      await shop.history.db.doc(`payments/${unreadable}`).update({ creditsAmount: 1_200_000_000 });
      await buyUnbooked(shop, "boris", productId);
      const report = await reconcile(shop);
      expect(report).toMatchObject({ complete: true, credits: { repaired: 1, failed: 1 } });
      expect(report.failures).toEqual([{ step: "credits", id: unreadable }]);
      expect((await readCursor(shop, "_credits"))?.["reconciledAt"].toDate()).toEqual(
        shop.history.context.now(),
      );
      expect(await readAvailable(shop, "boris")).toBe(100);
    });

    it("is one session, one due event, one waiting payment: each is told of and holds up nothing", async () => {
      const broken = await open(shop, "anna", { productId });
      await shop.history.db
        .doc(`payment_sessions/${broken}`)
        .update({ expiresAt: new Date(0), amount: "much" });
      const fine = await open(shop, "boris", { productId });
      await shop.history.control.expire(fine);
      await shop.history.db.doc(`payment_sessions/${fine}`).update({ expiresAt: new Date(1) });
      await shop.history.db
        .doc("webhook_events/stripe_evt_broken")
        .set({ status: "failed", nextAttemptAt: new Date(0) });
      const report = await reconcile(shop);
      expect(report).toMatchObject({ complete: true, sessions: { failed: 1 }, inbox: { failed: 1 } });
      expect(report.failures).toEqual([
        { step: "inbox", id: "stripe_evt_broken" },
        { step: "sessions", id: broken },
      ]);
      expect((await shop.history.db.doc(`payment_sessions/${fine}`).get()).get("status")).toBe("expired");
    });
  });

  describe("the saved places", () => {
    it("understand the cursors of earlier versions", async () => {
      const at = new Date(shop.history.context.now().getTime() - 60_000);
      await shop.history.db
        .doc("reconciliations/stripe")
        .set({ reconciledAt: at, createdAt: at, updatedAt: at });
      await shop.history.db
        .doc("reconciliations/_credits")
        .set({ reconciledAt: at, createdAt: at, updatedAt: at });
      await buy(shop, "anna", { productId });
      expect(await reconcile(shop)).toMatchObject({ complete: true, events: { repaired: 1 } });
      expect(await readAvailable(shop, "anna")).toBe(100);
    });

    it("go on from the beginning of the walk if Stripe does not know the saved event any more", async () => {
      const now = shop.history.context.now();
      await shop.history.db.doc("reconciliations/stripe").set({
        reconciledAt: now,
        walk: { startedAt: now, place: "0/evt_of_another_month", held: 0 },
        createdAt: now,
        updatedAt: now,
      });
      await buy(shop, "anna", { productId });
      expect(await reconcile(shop)).toMatchObject({ complete: true, failures: [], events: { repaired: 1 } });
    });

    it("never move back, also of runs beside each other", async () => {
      for (const user of ["anna", "boris", "chen"]) await buy(shop, user, { productId });
      await shop.history.control.addForeignEvents({ count: 700, type: "product.updated" });
      await Promise.all([
        reconcile(shop),
        reconcile(shop, turns(11)),
        reconcile(shop, turns(15)),
        reconcile(shop),
      ]);
      expect(await reconcile(shop)).toMatchObject({ complete: true, failures: [] });
      for (const user of ["anna", "boris", "chen"]) expect(await readAvailable(shop, user)).toBe(100);
      expect((await readCursor(shop, "stripe"))?.["reconciledAt"].toDate()).toEqual(
        shop.history.context.now(),
      );
    });

    it("stay while a provider is down, and lose nothing of what came meanwhile", async () => {
      await buy(shop, "anna", { productId });
      await shop.history.control.addFault({ route: LIST, fault: "error", status: 500, times: 3 });
      await expect(reconcile(shop)).rejects.toMatchObject({ code: "unavailable" });
      const before = await readCursor(shop, "stripe");
      await shop.history.pass(2 * DAY_SECONDS);
      await buy(shop, "boris", { productId });
      expect((await readCursor(shop, "stripe"))?.["reconciledAt"]).toEqual(before?.["reconciledAt"]);
      expect(await reconcile(shop)).toMatchObject({ complete: true });
      for (const user of ["anna", "boris"]) expect(await readAvailable(shop, user)).toBe(100);
    });
  });
});

/** The events that an hourly run looks at, and those that others would be told of. */
async function listSince({ history }: MoneyShop) {
  const since = history.context.now().getTime() / 1_000 - HOUR_SECONDS - 600;
  return (await history.readEvents()).filter(({ created }) => created >= since);
}

async function countRead(shop: MoneyShop): Promise<number> {
  const listed = await listSince(shop);
  return listed.filter(({ type }) => EVENT_TYPES.some((known) => known === type)).length;
}

/** A run whose time is up after it has looked at its clock so many times: it stops at another point each time. */
function turns(count: number): Pick<ReconciliationOptions, "budgetMs" | "elapsedMs"> {
  let looked = 0;
  return { budgetMs: count, elapsedMs: () => (looked += 0.25) };
}

async function reconcile(
  { history: { context } }: MoneyShop,
  options: Pick<ReconciliationOptions, "budgetMs" | "elapsedMs"> = {},
) {
  const failures: { step: string; id: string }[] = [];
  const report = await reconcilePayments(context, {
    ...options,
    onFailure: ({ step, id }) => failures.push({ step, id }),
  });
  return { ...report, failures };
}

/** A payment that is known and not booked. Returns its id. */
async function buyUnbooked(shop: MoneyShop, userId: string, productId: string): Promise<string> {
  await buy(shop, userId, { productId });
  await deliver(shop);
  const { docs } = await shop.history.db.collection("payments").where("userId", "==", userId).get();
  return String(docs[0]?.id);
}

async function bookAll({ history }: MoneyShop): Promise<void> {
  const { docs } = await history.db.collection("payments").get();
  for (const { id } of docs) await bookPayment(history.context, id);
}

function isForeign(entry: FirebaseFirestore.DocumentSnapshot): boolean {
  return !["product.created", "price.created", "product.updated"].includes(String(entry.get("type")));
}

async function readCursor({ history }: MoneyShop, step: string) {
  return (await history.db.doc(`reconciliations/${step}`).get()).data();
}

async function readAvailable({ history }: MoneyShop, userId: string): Promise<unknown> {
  return (await history.db.collection("subscriptions").doc(userId).get()).get("availableCredits");
}
