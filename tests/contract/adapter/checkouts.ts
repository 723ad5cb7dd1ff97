import { describe, expect, it } from "vitest";
import { verifyPaymentInput } from "../../../functions/src/checkout/verifyPayment.ts";
import { CANCEL_URL, expectNotFound, newKey, requireFailure, requireOk, type Lab } from "./lab.ts";

export function describeCheckouts(lab: Lab): void {
  describe("createCheckout", () => {
    it("opens a page for the whole order, with an id that can be a document's", async () => {
      const { checkout } = await lab.open({ unitAmount: 1_250, quantity: 3, currency: "eur" });
      expect(checkout).toMatchObject({
        mode: "payment",
        amount: 3_750,
        currency: "eur",
        cancelUrl: CANCEL_URL,
      });
      expect(verifyPaymentInput.parse(checkout.sessionId)).toEqual({ sessionId: checkout.sessionId });
      expect(URL.canParse(checkout.url ?? "")).toBe(true);
      expect(checkout.expiresAt.getTime()).toBeGreaterThan(Date.now());
    });

    it.each([
      { currency: "jpy", unitAmount: 5_000 },
      { currency: "kwd", unitAmount: 12_340 },
    ])("asks for $unitAmount minor units of $currency", async ({ currency, unitAmount }) => {
      const { checkout } = await lab.open({ currency, unitAmount });
      expect(checkout).toMatchObject({ amount: unitAmount, currency });
    });

    it("makes one checkout for one key, also for calls at the same time", async () => {
      const { request } = await lab.prepare();
      const key = newKey();
      const results = await Promise.all(
        Array.from({ length: 3 }, () => lab.adapter.createCheckout(request, key)),
      );
      // A provider may refuse a call while another one with its key runs: the one that asks again gets the same.
      const ids = results.flatMap((result) => (result.outcome === "ok" ? [result.value.sessionId] : []));
      for (const { outcome } of results) expect(["ok", "failed"]).toContain(outcome);
      const again = requireOk(await lab.adapter.createCheckout(request, key));
      expect(new Set([...ids, again.sessionId]).size).toBe(1);
      const other = requireOk(await lab.adapter.createCheckout(request, newKey()));
      expect(other.sessionId).not.toBe(again.sessionId);
    });

    it("refuses a key that was used for another order", async () => {
      const [first, second] = [await lab.prepare(), await lab.prepare()];
      const key = newKey();
      requireOk(await lab.adapter.createCheckout(first.request, key));
      const failure = requireFailure(await lab.adapter.createCheckout(second.request, key));
      expect(failure).toMatchObject({ kind: "conflict", retryable: false });
    });

    it("refuses a price that nobody made", async () => {
      const { request, order } = await lab.prepare();
      const wrong = { ...request, order: { ...order, priceId: "price_nobody_made" } };
      const failure = requireFailure(await lab.adapter.createCheckout(wrong, newKey()));
      expect(["not_found", "invalid_request"]).toContain(failure.kind);
      expect(failure.retryable).toBe(false);
    });

    it("leads back to the success page with the session's id, whatever query that has", async () => {
      const { checkout } = await lab.open();
      const returned = new URL(await lab.harness.pay(checkout.sessionId, "pays"));
      expect(returned.origin + returned.pathname).toBe("https://shop.example/thanks");
      expect(Object.fromEntries(returned.searchParams)).toEqual({
        from: "page",
        session_id: checkout.sessionId,
      });
    });
  });

  describe("fetchCheckout", () => {
    it("reads an open checkout with the order that was given", async () => {
      const { checkout, order } = await lab.open({ quantity: 2 });
      const news = requireOk(await lab.adapter.fetchCheckout(checkout.sessionId));
      expect(news).toMatchObject({ order, checkout, sessionStatus: "created" });
      expect([news.payment, news.paymentKey, news.approvedAt]).toEqual([undefined, undefined, undefined]);
    });

    it("finds neither a checkout that nobody made nor one of another project", async () => {
      expectNotFound(await lab.adapter.fetchCheckout("nobody_made"));
      const { checkout } = await lab.open({ adapter: lab.stranger });
      expectNotFound(await lab.adapter.fetchCheckout(checkout.sessionId));
      requireOk(await lab.stranger.fetchCheckout(checkout.sessionId));
    });
  });
}

export function describeExpiring(lab: Lab): void {
  describe("expireCheckout", () => {
    it("ends an open checkout, once however often it is asked to", async () => {
      const { checkout } = await lab.open();
      requireOk(await lab.with("expireCheckout").expireCheckout(checkout.sessionId));
      requireOk(await lab.with("expireCheckout").expireCheckout(checkout.sessionId));
      const news = requireOk(await lab.adapter.fetchCheckout(checkout.sessionId));
      expect(news.sessionStatus).toBe("expired");
    });

    it("leaves one alone that was paid, and finds none that nobody made", async () => {
      const { checkout } = await lab.buy();
      requireOk(await lab.with("expireCheckout").expireCheckout(checkout.sessionId));
      const news = requireOk(await lab.adapter.fetchCheckout(checkout.sessionId));
      expect(news.sessionStatus).toBe("completed");
      expectNotFound(await lab.with("expireCheckout").expireCheckout("cs_test_nobody_made"));
    });
  });
}
