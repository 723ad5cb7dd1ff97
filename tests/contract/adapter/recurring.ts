import { describe, expect, it } from "vitest";
import type { InvoiceNews, ParsedEvent } from "../../../functions/src/adapters/paymentAdapter.ts";
import { toAmountCredited, toAmountRefunded, toPaymentStatus } from "../../../functions/src/model/facts.ts";
import { isLive } from "../../../functions/src/model/plan.ts";
import type { AdapterHarness } from "./harness.ts";
import {
  CANCEL_URL,
  expectNotFound,
  newKey,
  requireFailure,
  requireOk,
  SUCCESS_URL,
  untilSo,
  type Lab,
} from "./lab.ts";

export function describeOneTimeOnly(lab: Lab): void {
  it("refuses a recurring subscription where there are none", async () => {
    const { request } = await lab.prepare();
    const recurring = { ...request, mode: "subscription" } as const;
    const failure = requireFailure(await lab.adapter.createCheckout(recurring, newKey()));
    expect(failure).toMatchObject({ kind: "unsupported", retryable: false });
  });
}

export function describeRecurring(lab: Lab, recurring: NonNullable<AdapterHarness["recurring"]>): void {
  describe("a recurring subscription", () => {
    it("is paid by invoices, of which the checkout names the first", async () => {
      const { news, order } = await subscribe();
      expect(news).toMatchObject({ sessionStatus: "completed", order });
      expect(news.payment).toBeUndefined();
      const invoice = requireOk(await lab.with("fetchInvoice").fetchInvoice(news.paymentKey ?? ""));
      expect(invoice).toMatchObject({
        key: news.paymentKey,
        order,
        isFirst: true,
        amount: 900,
        currency: "usd",
      });
      const { productId, priceId } = order;
      expect(invoice.lines).toMatchObject([{ productId, priceId, amount: 900, quantity: 1 }]);
      expect(toPaymentStatus(invoice.facts)).toBe("succeeded");
      expect(news.invoice).toEqual(invoice);
      await untilSo(async () => expect(await hearInvoices()).toContainEqual(invoice.key));
    });

    it("is told of by webhooks, to be read again", async () => {
      const { order } = await subscribe();
      const plan = await untilPlan(order.userId);
      const { userId, productId, priceId } = order;
      expect(plan).toMatchObject({ userId, productId, priceId, quantity: 1, cancelAtPeriodEnd: false });
      expect(plan.currentPeriodEnd?.getTime()).toBeGreaterThan(Date.now());
    });

    it("ends with its period, or does not", async () => {
      const { subscriptionId } = await untilPlan((await subscribe()).order.userId);
      for (const cancelAtPeriodEnd of [true, false]) {
        const change = { subscriptionId, cancelAtPeriodEnd };
        const plan = requireOk(await lab.with("setCancelAtPeriodEnd").setCancelAtPeriodEnd(change, newKey()));
        const { currentPeriodEnd: end } = plan;
        expect(plan).toMatchObject({
          subscriptionId,
          cancelAtPeriodEnd,
          cancelAt: cancelAtPeriodEnd ? end : null,
        });
      }
    });

    it("ends at once, once however often it is asked to, unless it never was", async () => {
      const { subscriptionId } = await untilPlan((await subscribe()).order.userId);
      requireOk(await lab.with("endSubscription").endSubscription(subscriptionId));
      requireOk(await lab.with("endSubscription").endSubscription(subscriptionId));
      const { status } = requireOk(await lab.with("fetchSubscription").fetchSubscription(subscriptionId));
      expect(isLive({ status })).toBe(false);
      expectNotFound(await lab.with("endSubscription").endSubscription("sub_of_other_keys"));
    });

    it("is looked after on a page of the provider's", async () => {
      const customerId = (await subscribe()).customerId ?? "";
      const portal = await lab.with("createPortal").createPortal({ customerId, returnUrl: SUCCESS_URL });
      expect(URL.canParse(requireOk(portal))).toBe(true);
    });

    it("of another project is not found", async () => {
      const { news, order } = await subscribe();
      const { subscriptionId } = await untilPlan(order.userId);
      expectNotFound(await lab.with("fetchInvoice", lab.stranger).fetchInvoice(news.paymentKey ?? ""));
      expectNotFound(await lab.with("fetchSubscription", lab.stranger).fetchSubscription(subscriptionId));
      expectNotFound(await lab.with("fetchSubscription").fetchSubscription("nobody_made"));
      expectNotFound(await lab.with("fetchInvoice").fetchInvoice("nobody_made"));
    });

    it("has refunds that lead to their invoice, whatever they name", async () => {
      const { news } = await subscribe();
      const { key, providerData } = requireInvoice(news.invoice);
      await lab.harness.refundByMerchant({ key, providerData }, { amountMinor: 300, currency: "usd" });
      await untilSo(async () => {
        const updates = (await readEvents()).flatMap((event) =>
          event.outcome === "update" ? [event.update.key] : [],
        );
        const found = await Promise.all([...new Set(updates)].map((each) => lab.adapter.fetchPayment(each)));
        const invoices = found.flatMap((each) =>
          each.outcome === "ok" && "invoice" in each.value ? [each.value.invoice] : [],
        );
        const refunded = invoices.find((invoice) => invoice.key === key);
        expect(refunded && toPaymentStatus(refunded.facts)).toBe("partially_refunded");
      });
    });
  });

  describe("an invoice that is known by its webhook alone", () => {
    it("can be refunded", async () => {
      const { providerData, key } = await hearInvoice((await subscribe()).news.paymentKey);
      const wanted = { providerData, amount: 300, currency: "usd", requestId: "req" };
      const made = requireOk(await lab.with("refund").refund(wanted, newKey()));
      expect(Object.values(made.facts.refunds)).toMatchObject([{ amount: 300, requestId: "req" }]);
      const fetched = requireOk(await lab.adapter.fetchPayment(key));
      expect("invoice" in fetched && toAmountRefunded(fetched.invoice.facts)).toBe(300);
    });

    it("is refused a refund if nothing was charged", async () => {
      const wanted = { providerData: {}, amount: 300, currency: "usd", requestId: "req" };
      const unpaid = { ...wanted, providerData: { invoiceId: "in_nobody_paid" } };
      const failure = requireFailure(await lab.with("refund").refund(unpaid, newKey()));
      expect(failure).toMatchObject({ kind: "unsupported", retryable: false });
    });
  });

  describe("a credit to a balance", () => {
    it("is a fact of its invoice, told of and fetched", async () => {
      const { key } = requireInvoice((await subscribe()).news.invoice);
      await recurring.credit(key, 400);
      const invoice = requireOk(await lab.with("fetchInvoice").fetchInvoice(key));
      expect(toAmountCredited(invoice.facts)).toBe(400);
      expect(toPaymentStatus(invoice.facts)).toBe("partially_refunded");
      const told = await untilSo(async () => {
        const update = (await readEvents()).flatMap((event) =>
          event.outcome === "update" && event.update.key === key ? [event.update] : [],
        )[0];
        if (!update) throw new Error(`No webhook told of the credit of invoice "${key}"`);
        return update;
      });
      expect(told.facts.creditNotes).toEqual(invoice.facts.creditNotes);
      expect(requireOk(await lab.adapter.fetchPayment(key))).toEqual({ invoice });
      expectNotFound(await lab.stranger.fetchPayment(key));
    });
  });

  async function subscribe() {
    const { request, order: oneTime } = await lab.prepare();
    const plan = await recurring.createPlan({ unitAmount: 900, currency: "usd", metadata: {} });
    const order = { ...oneTime, ...plan };
    const { customerId } = request;
    const wanted = {
      order,
      subtotal: 900,
      mode: "subscription",
      customerId,
      successUrl: SUCCESS_URL,
      cancelUrl: CANCEL_URL,
    } as const;
    const checkout = requireOk(await lab.adapter.createCheckout(wanted, newKey()));
    expect(checkout).toMatchObject({ mode: "subscription", amount: 900 });
    await lab.harness.pay(checkout.sessionId, "pays");
    return { order, customerId, news: requireOk(await lab.adapter.fetchCheckout(checkout.sessionId)) };
  }

  async function readEvents(): Promise<ParsedEvent[]> {
    return (await lab.readEvents()).map(({ event }) => event);
  }

  /** The news that a webhook brought of an invoice. */
  async function hearInvoice(key: string | undefined): Promise<InvoiceNews> {
    return await untilSo(async () => {
      const heard = (await readEvents()).flatMap((event) =>
        event.outcome === "invoice" && event.invoice.key === key ? [event.invoice] : [],
      )[0];
      if (!heard) throw new Error(`No webhook told of invoice "${key}"`);
      return heard;
    });
  }

  async function hearInvoices(): Promise<string[]> {
    return (await readEvents()).flatMap((event) => (event.outcome === "invoice" ? [event.invoice.key] : []));
  }

  /** Waits until webhooks have named a user's subscription, and reads it. */
  async function untilPlan(userId: string) {
    return await untilSo(async () => {
      const named = (await readEvents()).flatMap((event) =>
        event.outcome === "subscription" ? [event.subscriptionId] : [],
      );
      const read = await Promise.all(
        [...new Set(named)].map(async (id) =>
          requireOk(await lab.with("fetchSubscription").fetchSubscription(id)),
        ),
      );
      const plan = read.find((each) => each.userId === userId);
      if (!plan) throw new Error(`No webhook told of the subscription of user "${userId}"`);
      return plan;
    });
  }
}

function requireInvoice(invoice: InvoiceNews | undefined): InvoiceNews {
  if (invoice) return invoice;
  throw new Error("Expected the news to bring their invoice");
}
