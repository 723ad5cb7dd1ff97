import { describe, expect, it, onTestFinished } from "vitest";
import { API_KEY, startKit, type Kit } from "../../local/stripe/testing/kit.ts";
import type { InvoiceNews, WebhookRequest } from "../../functions/src/adapters/paymentAdapter.ts";
import { applyInvoice } from "../../functions/src/invoices/applyInvoice.ts";
import { noFacts } from "../../functions/src/model/facts.ts";
import { forgetUser } from "../../functions/src/deletion/forgetUser.ts";
import { createPortalSession } from "../../functions/src/plans/portal.ts";
import { cancelSubscription } from "../../functions/src/plans/cancel.ts";
import { Committer } from "../../functions/src/inbox/committer.ts";
import { redriveEvent } from "../../functions/src/webhooks/redrive.ts";
import { refundPayment } from "../../functions/src/refunds/refundPayment.ts";
import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import { verifyPayment } from "../../functions/src/checkout/verifyPayment.ts";
import { receiveWebhook } from "../../functions/src/webhooks/receive.ts";
import { savePlan } from "../../functions/src/plans/save.ts";
import { ControlClient } from "../../local/stripe/testing/controlClient.ts";
import { OrchardShop, type Sale } from "../contract/orchard/orchardShop.ts";
import { buildOrder } from "../kit/builders.ts";
import { buildLine } from "../kit/invoiceLines.ts";
import { buildProduct } from "../kit/products.ts";
import { buildStripeAdapter } from "../kit/stripe.ts";
import { eventually } from "../kit/eventually.ts";

const CAPTURE = "POST /orders/capture";

describe("a purchase at a provider whose payers approve first", () => {
  it("takes the money when the buyer returns", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut({ productId: shop.sell({ maxQuantity: "3" }), quantity: 3 });
    expect(await shop.verify(sale)).toMatchObject({ success: false, status: "created", credits: "none" });
    shop.approve(sale);
    const result = await shop.verify(sale);
    expect(result).toMatchObject({
      success: true,
      status: "succeeded",
      provider: "orchard",
      credits: "pending",
    });
    expect(result).toMatchObject({ amount: 1_500, currency: "usd", creditsAmount: 300 });
    await shop.settle(result.paymentId);
    expect(await shop.verify(sale)).toMatchObject({ success: true, credits: "granted" });
    expect(await shop.deliver()).toEqual(
      Array.from({ length: 3 }, () => expect.objectContaining({ changed: false })),
    );
    expect(await shop.readCredits(sale)).toEqual({ deltas: [300], available: 300 });
    expect(countCalls(shop, CAPTURE)).toBe(1);
  });

  it("takes it by webhook alone when he does not return", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    shop.approve(sale);
    const taken = await shop.deliver();
    expect(taken).toContainEqual(
      expect.objectContaining({ outcome: "processed", status: "succeeded", sessionId: sale.sessionId }),
    );
    expect(await shop.deliver()).toMatchObject([{ outcome: "processed", changed: false }]);
    expect(await shop.verify(sale)).toMatchObject({ success: true, status: "succeeded" });
    expect(countCalls(shop, CAPTURE)).toBe(1);
  });

  it("is one payment when webhooks, in any order and repeated, and the buyer come at once", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    shop.approve(sale);
    const notices = shop.takeNotices().toReversed();
    const results = await Promise.all([
      shop.verify(sale),
      ...[...notices, ...notices].map((notice) => receiveWebhook(shop.context, "orchard", notice)),
      shop.verify(sale),
    ]);
    expect(results[0]).toMatchObject({ success: true });
    await shop.deliver();
    const payments = await shop.context.db.collection("payments").get();
    expect(payments.docs.map((payment) => payment.get("status"))).toEqual(["succeeded"]);
    await Promise.all(payments.docs.map(async ({ id }) => await shop.settle(id)));
    expect(await shop.readCredits(sale)).toEqual({ deltas: [100], available: 100 });
  });

  it("is completed when the answer to the capture was lost", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    shop.approve(sale);
    shop.orchard.breakNext(CAPTURE, "lost");
    await expect(shop.verify(sale)).rejects.toMatchObject({ code: "unavailable" });
    expect(await shop.verify(sale)).toMatchObject({ success: true, status: "succeeded" });
  });

  it("is delivered again when the capture did not work, and completes then", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    shop.approve(sale);
    const approved = shop.takeNotices().slice(-1);
    shop.orchard.breakNext(CAPTURE, "silence");
    await expect(shop.deliver(approved)).rejects.toMatchObject({ cause: { code: "unavailable" } });
    const kept = await shop.context.db.collection("webhook_events").where("status", "==", "failed").get();
    expect(kept.size).toBe(1);
    expect(await shop.deliver(approved)).toMatchObject([{ outcome: "processed", status: "succeeded" }]);
    expect(await shop.deliver(approved)).toMatchObject([{ outcome: "duplicate" }]);
  });

  it("is a result when the capture is declined, and can be approved again", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    shop.approve(sale, "empty");
    const declined = await shop.verify(sale);
    expect(declined).toMatchObject({ success: false, status: "failed", credits: "none" });
    await shop.settle(declined.paymentId);
    expect(await shop.readCredits(sale)).toEqual({ deltas: [], available: 0 });
    shop.advance(60_000);
    shop.approve(sale, "full");
    const paid = await shop.verify(sale);
    expect(paid).toMatchObject({ success: true, status: "succeeded", paymentId: declined.paymentId });
  });

  it("waits for money that comes later", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    shop.approve(sale, "slow");
    expect(await shop.verify(sale)).toMatchObject({ success: false, status: "pending", credits: "none" });
    shop.orchard.orders.clear(sale.sessionId, "DONE");
    await shop.deliver();
    expect(await shop.verify(sale)).toMatchObject({ success: true, status: "succeeded" });
  });

  it("that nobody approves expires", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    shop.orchard.orders.lapse(sale.sessionId);
    await shop.deliver();
    expect(await shop.verify(sale)).toMatchObject({ success: false, status: "expired", paymentId: null });
    expect(countCalls(shop, CAPTURE)).toBe(0);
  });

  it("takes no money of a user who was deleted after he approved", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    shop.approve(sale);
    const { userId } = sale.caller;
    const { endedIds } = await forgetUser(shop.context, { userId, deletedAt: new Date() });
    expect(endedIds).toEqual([sale.sessionId]);
    await shop.deliver();
    expect(await shop.readDocument(`payment_sessions/${sale.sessionId}`)).toMatchObject({
      status: "expired",
    });
    expect(countCalls(shop, CAPTURE)).toBe(0);
  });

  it("is rebuilt from the order's note where a crash kept the session from being written", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    await shop.context.db.doc(`payment_sessions/${sale.sessionId}`).delete();
    shop.approve(sale);
    expect(await shop.verify(sale)).toMatchObject({ success: true, creditsAmount: 100 });
    expect(await shop.readDocument(`payment_sessions/${sale.sessionId}`)).toMatchObject({
      userId: sale.caller.userId,
      provider: "orchard",
      status: "completed",
    });
  });

  it("takes no money that it could give nobody credits for", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    await shop.context.db.doc(`payment_sessions/${sale.sessionId}`).delete();
    const { projectId } = shop.context;
    shop.orchard.orders.require(sale.sessionId).note = JSON.stringify({ gatewayProject: projectId });
    shop.approve(sale);
    await expect(shop.deliver(shop.takeNotices().slice(-1))).rejects.toMatchObject({
      cause: { message: expect.stringContaining("its metadata is unreadable") },
    });
    await expect(shop.verify(sale)).rejects.toMatchObject({ code: "not_found" });
    expect(countCalls(shop, CAPTURE)).toBe(0);
  });

  it("is nobody else's: a stranger neither sees it nor has its money taken", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    shop.approve(sale);
    const stranger = { ...sale, caller: { userId: "stranger", email: undefined } };
    await expect(shop.verify(stranger)).rejects.toMatchObject({ code: "not_found" });
    await shop.context.db.doc(`payment_sessions/${sale.sessionId}`).delete();
    await expect(shop.verify(stranger)).rejects.toMatchObject({ code: "not_found" });
    expect(countCalls(shop, CAPTURE)).toBe(0);
  });

  it("needs no customer, and one requestId opens one checkout", async () => {
    const shop = await OrchardShop.open();
    const caller = { userId: "user_1", email: "buyer@shop.example" };
    const request = { productId: shop.sell({ unitAmount: 12_340, currency: "kwd" }), requestId: "r1" };
    const opened = await Promise.all(
      Array.from({ length: 3 }, () => createPaymentSession(shop.context, caller, request)),
    );
    expect(new Set(opened.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect((await shop.readDocument("customers/user_1")) ?? {}).not.toHaveProperty("providers");
    const session = await shop.readDocument(`payment_sessions/${opened[0]?.sessionId}`);
    expect(session).toMatchObject({ amount: 12_340, currency: "kwd", priceId: "STANDARD" });
  });
});

describe("a notice of the second provider", () => {
  it("is refused when it was changed, forged or is no notice, and writes nothing", async () => {
    const shop = await OrchardShop.open();
    shop.approve(await shop.checkOut());
    const [notice] = shop.takeNotices().slice(-1);
    if (!notice) throw new Error("No notice was posted");
    const changed = { ...notice, rawBody: Buffer.concat([notice.rawBody, Buffer.from(" ")]) };
    for (const request of [changed, { ...notice, headers: {} }, shop.orchard.notices.seal("{}")]) {
      await expect(shop.deliver([request])).rejects.toMatchObject({ code: "invalid_argument" });
    }
    shop.advance(600_000);
    await expect(shop.deliver([notice])).rejects.toMatchObject({ code: "invalid_argument" });
    expect((await shop.context.db.collection("webhook_events").get()).size).toBe(0);
  });

  it("is to be delivered again while its key cannot be asked for, also after the key was changed", async () => {
    const shop = await OrchardShop.open();
    shop.approve(await shop.checkOut());
    const notices = shop.takeNotices().slice(-1);
    shop.orchard.breakNext("GET /keys", "silence");
    await expect(shop.deliver(notices)).rejects.not.toHaveProperty("code");
    expect(await shop.deliver(notices)).toMatchObject([{ outcome: "processed", status: "succeeded" }]);
    shop.orchard.notices.rotateKey();
    shop.approve(await shop.checkOut());
    expect(await shop.deliver(shop.takeNotices().slice(-1))).toMatchObject([{ status: "succeeded" }]);
  });

  it("of another project's order is ignored", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.checkOut();
    shop.orchard.orders.require(sale.sessionId).note = "Two crates of apples";
    shop.approve(sale);
    expect(await shop.deliver(shop.takeNotices().slice(-1))).toMatchObject([
      { outcome: "ignored", reason: "foreign" },
    ]);
    expect(countCalls(shop, CAPTURE)).toBe(0);
  });
});

describe("a refund at the second provider", () => {
  it("in parts and then in full takes the credits back, once for each requestId", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.buy();
    const { paymentId } = sale;
    const part = { paymentId, amount: 200, requestId: "part" };
    const results = await Promise.all(Array.from({ length: 3 }, () => refundPayment(shop.context, part)));
    for (const result of results) {
      expect(result).toMatchObject({ status: "partially_refunded", amount: 500, amountRefunded: 200 });
    }
    await shop.settle(paymentId);
    expect((await shop.readCredits(sale)).available).toBe(60);
    const rest = { paymentId, requestId: "rest" };
    expect(await refundPayment(shop.context, rest)).toMatchObject({
      status: "refunded",
      amountRefunded: 500,
    });
    expect(await refundPayment(shop.context, rest)).toMatchObject({
      status: "refunded",
      amountRefunded: 500,
    });
    await shop.deliver();
    await shop.settle(paymentId);
    expect(await shop.readCredits(sale)).toEqual({ deltas: [100, -40, -60], available: 0 });
    expect(readReturns(shop, sale)).toHaveLength(2);
  });

  it("is made once when its answer was lost", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.buy();
    const request = { paymentId: sale.paymentId, amount: 200, requestId: "r1" };
    shop.orchard.breakNext("POST /payments/returns", "lost");
    await expect(refundPayment(shop.context, request)).rejects.toMatchObject({ code: "unavailable" });
    expect(await refundPayment(shop.context, request)).toMatchObject({ amountRefunded: 200 });
    expect(readReturns(shop, sale)).toHaveLength(1);
  });

  it("by the merchant is heard of, and one that bounces gives the credits back", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.buy();
    const paymentKey = sale.paymentId.slice("orchard_".length);
    const returned = shop.orchard.orders.giveBack(paymentKey, { amount: undefined, reference: null });
    await shop.deliver();
    await shop.settle(sale.paymentId);
    expect(await shop.readDocument(`payments/${sale.paymentId}`)).toMatchObject({ status: "refunded" });
    expect((await shop.readCredits(sale)).available).toBe(0);
    shop.orchard.orders.bounce(returned.id);
    await shop.deliver();
    await shop.settle(sale.paymentId);
    expect(await shop.readDocument(`payments/${sale.paymentId}`)).toMatchObject({ status: "succeeded" });
    expect(await shop.readCredits(sale)).toEqual({ deltas: [100, -100, 100], available: 100 });
  });

  it("of more than is left is refused, here and there", async () => {
    const shop = await OrchardShop.open();
    const sale = await shop.buy();
    const { paymentId } = sale;
    const refused = { code: "failed_precondition" };
    await expect(
      refundPayment(shop.context, { paymentId, amount: 501, requestId: "r1" }),
    ).rejects.toMatchObject(refused);
    // What the merchant gave back is not known here yet.
    const paymentKey = paymentId.slice("orchard_".length);
    const amount = { value: "4.00", currency: "USD" };
    shop.orchard.orders.giveBack(paymentKey, { amount, reference: null });
    const call = refundPayment(shop.context, { paymentId, amount: 200, requestId: "r2" });
    await expect(call).rejects.toMatchObject({
      ...refused,
      message: expect.not.stringContaining("merchant"),
    });
    expect(readReturns(shop, sale)).toHaveLength(1);
  });

  it.each([
    { state: "REJECTED", status: "succeeded", available: 100 },
    { state: "UPHELD", status: "charged_back", available: 0 },
  ] as const)(
    "by an objection that is $state leaves $available credits",
    async ({ state, status, available }) => {
      const shop = await OrchardShop.open();
      const sale = await shop.buy();
      shop.orchard.orders.object(sale.sessionId, "OPEN");
      await shop.deliver();
      await shop.settle(sale.paymentId);
      expect((await shop.readCredits(sale)).available).toBe(0);
      shop.advance(1_000);
      shop.orchard.orders.object(sale.sessionId, state);
      await shop.deliver();
      await shop.settle(sale.paymentId);
      expect(await shop.readDocument(`payments/${sale.paymentId}`)).toMatchObject({ status });
      expect((await shop.readCredits(sale)).available).toBe(available);
    },
  );
});

describe("reconciliation at the second provider", () => {
  it("takes approved money, and brings in refunds and expiries, that no webhook told of", async () => {
    const shop = await OrchardShop.open();
    const [approved, refunded, lapsed] = [await shop.checkOut(), await shop.buy(), await shop.checkOut()];
    shop.approve(approved);
    const paymentKey = refunded.paymentId.slice("orchard_".length);
    shop.orchard.orders.giveBack(paymentKey, { amount: undefined, reference: null });
    shop.orchard.orders.lapse(lapsed.sessionId);
    const report = await shop.reconcile();
    expect(report).toMatchObject({ sessions: { seen: 0 }, inbox: { seen: 0 }, credits: { repaired: 2 } });
    expect(report.events.repaired).toBeGreaterThanOrEqual(3);
    expect(await shop.readCredits(approved)).toEqual({ deltas: [100], available: 100 });
    expect(await shop.readCredits(refunded)).toEqual({ deltas: [100, -100], available: 0 });
    expect(await shop.verify(lapsed)).toMatchObject({ status: "expired" });
    // The capture itself was news, too; after that there is nothing left to repair.
    await shop.reconcile();
    expect(await shop.reconcile()).toMatchObject({
      events: { repaired: 0, failed: 0 },
      sessions: { seen: 0 },
      credits: { repaired: 0 },
    });
  });

  it("walks every page of the journal", async () => {
    const shop = await OrchardShop.open();
    const productId = shop.sell();
    const sales = await Promise.all(Array.from({ length: 30 }, () => shop.checkOut({ productId })));
    for (const sale of sales) shop.approve(sale);
    await shop.reconcile();
    const statuses = await Promise.all(sales.map(async (sale) => (await shop.verify(sale)).credits));
    expect(statuses).toEqual(sales.map(() => "granted"));
  });

  it("asks for sessions that should be over", async () => {
    const shop = await OrchardShop.open();
    const [approved, open] = [await shop.checkOut(), await shop.checkOut()];
    shop.approve(approved);
    await shop.reconcile();
    shop.advance(4 * 3_600_000);
    shop.orchard.orders.lapse(open.sessionId);
    shop.advance(86_400_000);
    // As if the journal did not reach back to it.
    const at = new Date(shop.context.now().getTime() + 600_001);
    await shop.context.db.doc("reconciliations/orchard").update({ reconciledAt: at });
    expect(await shop.reconcile()).toMatchObject({ sessions: { seen: 1, repaired: 1, failed: 0 } });
    expect(await shop.verify(open)).toMatchObject({ status: "expired" });
  });

  it("does failed work again when it is due, or when an admin asks", async () => {
    const shop = await OrchardShop.open();
    const sales = [await shop.checkOut(), await shop.checkOut()];
    for (const sale of sales) {
      shop.takeNotices();
      shop.approve(sale);
      shop.orchard.breakNext(CAPTURE, "busy");
      await expect(shop.deliver()).rejects.toMatchObject({ cause: { code: "unavailable" } });
    }
    const failed = await shop.context.db.collection("webhook_events").where("status", "==", "failed").get();
    const eventId: string = failed.docs[0]?.get("eventId");
    expect(await redriveEvent(shop.context, { eventId })).toMatchObject({ outcome: "processed" });
    shop.advance(61_000);
    expect(await shop.reconcile()).toMatchObject({ inbox: { seen: 1, repaired: 1, failed: 0 } });
    for (const sale of sales) expect(await shop.verify(sale)).toMatchObject({ success: true });
  });
});

describe("two providers beside each other", () => {
  it("sell by name, each what it has", async () => {
    const { shop, kit } = await openBoth();
    const caller = { userId: "user_1", email: "buyer@shop.example" };
    const atStripe = await sellAtStripe(kit);
    expect(await createPaymentSession(shop.context, caller, atStripe)).toMatchObject({ provider: "stripe" });
    const atOrchard = { productId: shop.sell(), provider: "orchard" };
    expect(await createPaymentSession(shop.context, caller, atOrchard)).toMatchObject({
      provider: "orchard",
    });
    for (const { productId } of [atStripe, atOrchard]) {
      const provider = productId === atStripe.productId ? "orchard" : "stripe";
      await expect(createPaymentSession(shop.context, caller, { productId, provider })).rejects.toMatchObject(
        {
          code: "not_found",
        },
      );
    }
  });

  it("keep a product id to the one whose product is in the catalogue: the other's is refused, and changes nothing", async () => {
    const { shop, kit } = await openBoth();
    const productId = shop.sell();
    const sale = await shop.checkOut({ productId });
    const wanted = { productId, provider: "stripe" };
    await expect(createPaymentSession(shop.context, sale.caller, wanted)).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await shop.readDocument(`products/${productId}`)).toMatchObject({
      provider: "orchard",
      active: true,
    });
    await sellAtStripe(kit, productId);
    await expect(createPaymentSession(shop.context, sale.caller, wanted)).rejects.toMatchObject({
      code: "failed_precondition",
    });
    expect(await shop.readDocument(`products/${productId}`)).toMatchObject({ provider: "orchard" });
    const again = await shop.checkOut({ productId });
    expect(await shop.readDocument(`payment_sessions/${again.sessionId}`)).toMatchObject({
      creditsAmount: 100,
    });
  });

  it("have invoices that are worth what their own product says, whoever has its id in the catalogue", async () => {
    const { shop, kit } = await openBoth();
    const productId = shop.sell();
    await shop.checkOut({ productId });
    await sellAtStripe(kit, productId);
    const { default_price: priceId } = await kit.stripe.products.retrieve(productId);
    const adapter = await shop.context.adapters.readAdapter("stripe");
    if (!adapter || typeof priceId !== "string") throw new Error("Expected the Stripe adapter and a price");
    const line = buildLine({ productId, priceId, amount: 700 });
    const paid = { amount: 700, currency: "eur", at: new Date() };
    const invoice: InvoiceNews = {
      key: "in_1",
      order: buildOrder({ productId: "prod_before", priceId: "price_before" }),
      isOriginalOrder: true,
      isFirst: false,
      amount: 700,
      currency: "eur",
      lines: [line],
      facts: { ...noFacts, paid },
      providerData: {},
      metadata: {},
    };
    const { payment } = await applyInvoice(shop.context, adapter, invoice, new Committer(shop.context));
    expect(payment).toMatchObject({ productId, worth: { creditsAmount: 10 } });
    expect(await shop.readDocument(`products/${productId}`)).toMatchObject({ provider: "orchard" });
  });

  it("are all reconciled, and one that is down is an error that keeps nothing from the other", async () => {
    const { shop, kit } = await openBoth();
    const approved = await shop.checkOut();
    shop.approve(approved);
    const caller = { userId: "user_1", email: undefined };
    const { sessionId } = await createPaymentSession(shop.context, caller, await sellAtStripe(kit));
    await new ControlClient(kit.server.url).pay(sessionId);
    shop.orchard.breakNext("GET /journal", "silence");
    await expect(shop.reconcile()).rejects.toMatchObject({ code: "unavailable" });
    expect(await shop.readCredits({ caller, sessionId })).toEqual({ deltas: [10], available: 10 });
    expect(await shop.readDocument("reconciliations/orchard")).toBeUndefined();
    expect(await shop.readDocument("reconciliations/stripe")).toBeDefined();
    await shop.reconcile();
    expect(await shop.readCredits(approved)).toEqual({ deltas: [100], available: 100 });
    expect(await shop.readDocument("reconciliations/orchard")).toBeDefined();
  });

  it("have failed work and overdue sessions done by their own adapters", async () => {
    const { shop, kit } = await openBoth();
    const caller = { userId: "user_1", email: undefined };
    const sold = [
      await createPaymentSession(shop.context, caller, await sellAtStripe(kit)),
      await createPaymentSession(shop.context, caller, await sellAtStripe(kit)),
    ] as const;
    const [failed, overdue] = sold.map(({ sessionId }) =>
      shop.context.db.doc(`payment_sessions/${sessionId}`),
    );
    await new ControlClient(kit.server.url).pay(sold[0].sessionId);
    const completed = await eventually(() => readCompleted(kit));
    const unreadable = shop.context.db.doc(`payments/${toPaymentId(completed)}`);
    await unreadable.set({ status: "nonsense" });
    await expect(receiveWebhook(shop.context, "stripe", completed)).rejects.toMatchObject({
      cause: { message: expect.stringContaining("Cannot read document") },
    });
    await unreadable.delete();
    await overdue?.update({ expiresAt: new Date(0) });
    shop.advance(61_000);
    expect(await shop.reconcile()).toMatchObject({
      inbox: { seen: 1, repaired: 1, failed: 0 },
      sessions: { seen: 1, repaired: 0, failed: 0 },
    });
    expect((await failed?.get())?.get("status")).toBe("completed");
  });

  it("refuse a session under the other's name", async () => {
    const { shop } = await openBoth();
    const { caller, sessionId } = await shop.buy();
    const asked = (provider: string) => verifyPayment(shop.context, caller, { sessionId, provider });
    expect(await asked("orchard")).toMatchObject({ success: true });
    await expect(asked("stripe")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("what a provider cannot do", () => {
  it("is refused as not supported", async () => {
    const shop = await OrchardShop.open();
    const { caller } = await shop.buy();
    await expect(createPortalSession(shop.context, caller, {})).rejects.toMatchObject({
      code: "failed_precondition",
      message: "Cannot open the portal: not supported",
    });
    const plan = {
      provider: "orchard",
      subscriptionId: "sub_1",
      status: "active",
      productId: null,
      priceId: null,
    };
    const dates = { currentPeriodEnd: null, trialEnd: null, cancelAtPeriodEnd: false };
    const saved = { ...plan, ...dates, quantity: 1, readAt: shop.context.now() };
    const found = { userId: caller.userId, plan: saved };
    await savePlan(
      shop.context,
      saved,
      async () => await Promise.resolve(found),
      new Committer(shop.context),
    );
    await expect(cancelSubscription(shop.context, caller)).rejects.toMatchObject({
      code: "failed_precondition",
      message: "Cannot cancel the subscription: not supported",
    });
  });

  it("is everything, of a provider that nobody registered", async () => {
    const shop = await OrchardShop.open();
    const { caller, paymentId } = await shop.buy();
    const { context } = shop;
    const provider = "paypal";
    const unknown = { code: "not_found", message: 'Cannot use provider "paypal": not found' };
    const productId = shop.sell();
    await expect(createPaymentSession(context, caller, { productId, provider })).rejects.toMatchObject(
      unknown,
    );
    await expect(verifyPayment(context, caller, { sessionId: "ORD-1", provider })).rejects.toMatchObject(
      unknown,
    );
    await expect(createPortalSession(context, caller, { provider })).rejects.toMatchObject(unknown);
    await expect(redriveEvent(context, { eventId: "e1", provider })).rejects.toMatchObject(unknown);
    const webhook = { rawBody: Buffer.from("{}"), headers: {} };
    await expect(receiveWebhook(context, provider, webhook)).rejects.toMatchObject(unknown);
    await context.db.doc(`payments/${paymentId}`).update({ provider });
    await expect(refundPayment(context, { paymentId, requestId: "r1" })).rejects.toMatchObject(unknown);
  });
});

/** Orchard, and Stripe with an account of its own, in one gateway. */
async function openBoth() {
  const kit = await startKit();
  onTestFinished(async () => await kit.close());
  const shop = await OrchardShop.open((projectId) => ({
    stripe: async () =>
      buildStripeAdapter({
        url: kit.server.url,
        apiKey: API_KEY,
        webhookSecret: kit.receiver.secret,
        projectId,
      }),
  }));
  return { shop, kit };
}

/** Puts a product of 10 credits for 7.00 EUR on sale at Stripe. */
async function sellAtStripe({ stripe }: Kit, id?: string): Promise<{ productId: string; provider: string }> {
  const product = await stripe.products.create({
    ...buildProduct({ creditsAmount: "10", unitAmount: 700, currency: "eur" }),
    ...(id !== undefined && { id }),
  });
  return { productId: product.id, provider: "stripe" };
}

/** The webhook of a completed checkout. */
function readCompleted({ receiver }: Kit): WebhookRequest {
  const found = receiver.received.find(({ event }) => event.type === "checkout.session.completed");
  if (!found) throw new Error("No webhook told of a completed checkout");
  return { rawBody: Buffer.from(found.body), headers: found.headers };
}

/** The id our payment of a completed checkout has. */
function toPaymentId({ rawBody }: WebhookRequest): string {
  const event: { data: { object: { payment_intent: string } } } = JSON.parse(
    Buffer.from(rawBody).toString("utf8"),
  );
  return `stripe_${event.data.object.payment_intent}`;
}

function countCalls({ orchard }: OrchardShop, route: string): number {
  return orchard.calls.filter((call) => call === route).length;
}

function readReturns({ orchard }: OrchardShop, { sessionId }: Sale): unknown[] {
  return orchard.orders.require(sessionId).returns;
}
