import { describe, expect, it } from "vitest";
import type { PaymentNews } from "../../../functions/src/adapters/paymentAdapter.ts";
import {
  mergeFacts,
  noFacts,
  paymentFactsSchema,
  toPaymentStatus,
} from "../../../functions/src/model/facts.ts";
import { refundPaymentInput } from "../../../functions/src/refunds/refundPayment.ts";
import { EMAIL, expectNotFound, requireOk, requirePayment, untilSo, type Lab } from "./lab.ts";

export function describePayments(lab: Lab): void {
  describe("the news of a checkout", () => {
    it("say that it is paid, how much and when", async () => {
      const before = Date.now() - 2_000;
      const news = await lab.buy("pays", { unitAmount: 1_999, quantity: 2, currency: "eur" });
      expect(news.sessionStatus).toBe("completed");
      const { facts } = requirePayment(news);
      expect(facts).toMatchObject({ paid: { amount: 3_998, currency: "eur" }, refunds: {}, disputes: {} });
      expect(facts.paid?.at.getTime()).toBeGreaterThan(before);
      expectSound(lab, news);
      await untilHeard(lab, news, { sessionStatus: "completed", status: "succeeded" });
    });

    it("say nothing of a payer who is turned away, and he may try again", async () => {
      const { checkout } = await lab.open();
      await lab.harness.pay(checkout.sessionId, "is_turned_away");
      const news = await lab.settle(checkout.sessionId);
      expect([news.sessionStatus, news.payment]).toEqual(["created", undefined]);
      await lab.harness.pay(checkout.sessionId, "pays");
      expect((await lab.settle(checkout.sessionId)).sessionStatus).toBe("completed");
    });

    it("wait for money that comes later, under the same key", async () => {
      const waiting = await lab.buy("waits");
      expect(waiting.sessionStatus).toBe("processing");
      expect(toPaymentStatus(requirePayment(waiting).facts)).toBe("pending");
      expectSound(lab, waiting);
      await lab.harness.clear(waiting.checkout.sessionId);
      const paid = await lab.settle(waiting.checkout.sessionId);
      expect(paid).toMatchObject({ sessionStatus: "completed", paymentKey: waiting.paymentKey });
      await untilHeard(lab, paid, { sessionStatus: "completed", status: "succeeded" });
    });

    it("say that the money did not come, in a word that is not for people", async () => {
      const news = await lab.buy("fails");
      expect(news.sessionStatus).toBe("failed");
      expect(requirePayment(news).facts.failed?.reason).toMatch(/^[a-z0-9_]{1,60}$/);
      expectSound(lab, news);
      await untilHeard(lab, news, { sessionStatus: "failed", status: "failed" });
    });

    it("say that it expired", async () => {
      const { checkout } = await lab.open();
      await lab.harness.expire(checkout.sessionId);
      const news = await lab.settle(checkout.sessionId);
      expect([news.sessionStatus, news.payment]).toEqual(["expired", undefined]);
      await untilHeard(lab, news, { sessionStatus: "expired" });
    });

    it("say that an order for nothing is paid", async () => {
      const news = await lab.buy("pays", { unitAmount: 0 });
      expect(news.sessionStatus).toBe("completed");
      expect(requirePayment(news).facts.paid).toMatchObject({ amount: 0, currency: "usd" });
      expectSound(lab, news);
    });

    it("merge to the same in any order, however often they come", async () => {
      const waiting = await lab.buy("waits");
      await lab.harness.clear(waiting.checkout.sessionId);
      const paid = await lab.settle(waiting.checkout.sessionId);
      const payment = requirePayment(paid);
      await lab.harness.refundByMerchant(payment, { amountMinor: 100, currency: "usd" });
      const later = await lab.fetchPayment(payment.key);
      const told = [requirePayment(waiting).facts, payment.facts, later.facts];
      const merged = told.reduce(mergeFacts, noFacts);
      expect(toPaymentStatus(merged)).toBe("partially_refunded");
      expect([...told, ...told].toReversed().reduce(mergeFacts, noFacts)).toEqual(merged);
    });
  });

  describe("fetchPayment", () => {
    it("finds the checkout of a payment", async () => {
      const news = await lab.buy();
      const { key } = requirePayment(news);
      const found = requireOk(await lab.adapter.fetchPayment(key));
      expect(found).toMatchObject({
        news: { order: news.order, checkout: { sessionId: news.checkout.sessionId } },
      });
      expect(toPaymentStatus((await lab.fetchPayment(key)).facts)).toBe("succeeded");
    });

    it("finds neither a payment that nobody made nor one of another project", async () => {
      expectNotFound(await lab.adapter.fetchPayment("nobody_made"));
      const news = await lab.buy("pays", { adapter: lab.stranger });
      expectNotFound(await lab.adapter.fetchPayment(requirePayment(news).key));
    });
  });
}

/** News that can be written as they are: ids that are document ids, whole minor units, and nothing about the payer. */
function expectSound(lab: Lab, news: PaymentNews): void {
  const { key, facts, providerData } = requirePayment(news);
  const paymentId = `${lab.adapter.name}_${key}`;
  expect(refundPaymentInput.parse({ paymentId, requestId: "r1" })).toMatchObject({ paymentId });
  expect(news.paymentKey).toBe(key);
  expect(paymentFactsSchema.parse(facts)).toEqual(facts);
  for (const id of Object.values(providerData)) expect(id).toMatch(/^[\w-]{1,200}$/);
  expect(JSON.stringify(news)).not.toContain(EMAIL);
}

/** Waits until webhooks alone have told the same. */
async function untilHeard(lab: Lab, news: PaymentNews, expected: object): Promise<void> {
  await untilSo(async () => {
    expect(await lab.hear(news.checkout.sessionId, news.paymentKey)).toMatchObject(expected);
  });
}
