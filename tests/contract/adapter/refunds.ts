import { describe, expect, it } from "vitest";
import type { PaymentUpdate, ProviderResult } from "../../../functions/src/adapters/paymentAdapter.ts";
import { toAmountRefunded } from "../../../functions/src/model/facts.ts";
import type { AdapterHarness, NamedPayment } from "./harness.ts";
import { newKey, requireFailure, requireOk, requirePayment, untilSo, type Lab } from "./lab.ts";

interface Bought extends NamedPayment {
  sessionId: string;
}

export function describeMerchantRefunds(lab: Lab): void {
  describe("a refund by the merchant", () => {
    it("is told of, and names no request", async () => {
      const bought = await buy(lab);
      await lab.harness.refundByMerchant(bought, { amountMinor: 150, currency: "usd" });
      const refunds = Object.values((await lab.fetchPayment(bought.key)).facts.refunds);
      expect(refunds).toMatchObject([{ amount: 150, state: "succeeded" }]);
      expect(refunds[0]).not.toHaveProperty("requestId");
      await untilHeard(lab, bought, "partially_refunded");
    });

    it("that fails is taken back", async () => {
      const bought = await buy(lab);
      await lab.harness.refundByMerchant(bought, { amountMinor: 500, currency: "usd" });
      const [refundId = ""] = Object.keys((await lab.fetchPayment(bought.key)).facts.refunds);
      await untilHeard(lab, bought, "refunded");
      await lab.harness.failRefund(refundId);
      expect((await lab.fetchPayment(bought.key)).facts.refunds).toMatchObject({
        [refundId]: { state: "failed" },
      });
      await untilHeard(lab, bought, "succeeded");
    });
  });
}

export function describeRefund(lab: Lab): void {
  describe("refund", () => {
    it("gives a part back once for one key, as a fact that names its request", async () => {
      const bought = await buy(lab);
      const key = newKey();
      const first = requireOk(await refund(lab, bought, { amount: 200, requestId: "req-1" }, key));
      const again = requireOk(await refund(lab, bought, { amount: 200, requestId: "req-1" }, key));
      expect(Object.keys(again.facts.refunds)).toEqual(Object.keys(first.facts.refunds));
      expect(Object.values(first.facts.refunds)).toMatchObject([{ amount: 200, requestId: "req-1" }]);
      expect(first.key).toBe(bought.key);
      const { facts } = await lab.fetchPayment(bought.key);
      expect(Object.keys(facts.refunds)).toEqual(Object.keys(first.facts.refunds));
      expect(toAmountRefunded(facts)).toBe(200);
      await untilSo(async () => {
        const heard = await lab.hear(bought.sessionId, bought.key);
        expect(Object.keys(heard.facts.refunds)).toEqual(Object.keys(first.facts.refunds));
        expect(heard.status).toBe("partially_refunded");
      });
    });

    it("gives back all that is left when no amount is asked for", async () => {
      const bought = await buy(lab);
      requireOk(await refund(lab, bought, { amount: 123 }));
      const rest = requireOk(await refund(lab, bought, { amount: undefined }));
      expect(Object.values(rest.facts.refunds)).toMatchObject([{ amount: 377 }]);
      expect(toAmountRefunded((await lab.fetchPayment(bought.key)).facts)).toBe(500);
    });

    it("refuses more than is left", async () => {
      const bought = await buy(lab);
      requireOk(await refund(lab, bought, { amount: 400 }));
      const failure = requireFailure(await refund(lab, bought, { amount: 101 }));
      expect(failure).toMatchObject({ kind: "invalid_request", retryable: false });
      expect(toAmountRefunded((await lab.fetchPayment(bought.key)).facts)).toBe(400);
    });

    it("refuses a key that was used for another amount", async () => {
      const bought = await buy(lab);
      const key = newKey();
      requireOk(await refund(lab, bought, { amount: 100 }, key));
      const failure = requireFailure(await refund(lab, bought, { amount: 101 }, key));
      expect(failure).toMatchObject({ kind: "conflict", retryable: false });
    });

    it("refuses a payment that it cannot know", async () => {
      const failure = requireFailure(await refund(lab, { key: "", providerData: {} }, { amount: 1 }));
      expect(failure).toMatchObject({ kind: "unsupported", retryable: false });
    });

    it("gives back once when its answer was lost", async () => {
      const bought = await buy(lab);
      const key = newKey();
      await lab.harness.breakNext("refund", "lost_answer");
      expect(requireFailure(await refund(lab, bought, { amount: 100 }, key)).retryable).toBe(true);
      requireOk(await refund(lab, bought, { amount: 100 }, key));
      const { refunds } = (await lab.fetchPayment(bought.key)).facts;
      expect(Object.keys(refunds)).toHaveLength(1);
    });
  });
}

export function describeDisputes(lab: Lab, disputes: NonNullable<AdapterHarness["disputes"]>): void {
  describe("a dispute", () => {
    it.each([
      { outcome: "won", status: "succeeded" },
      { outcome: "lost", status: "charged_back" },
    ] as const)("that is $outcome is told of from its beginning", async ({ outcome, status }) => {
      const bought = await buy(lab);
      await disputes.open(bought);
      await untilHeard(lab, bought, "disputed");
      const [disputeId = ""] = Object.keys((await lab.fetchPayment(bought.key)).facts.disputes);
      await disputes.close(bought, outcome);
      const { facts } = await lab.fetchPayment(bought.key);
      expect(facts.disputes).toMatchObject({ [disputeId]: { state: outcome, amount: 500 } });
      await untilHeard(lab, bought, status);
    });
  });
}

async function buy(lab: Lab): Promise<Bought> {
  const news = await lab.buy();
  const { key, providerData } = requirePayment(news);
  return { sessionId: news.checkout.sessionId, key, providerData };
}

async function refund(
  lab: Lab,
  { providerData }: NamedPayment,
  { amount, requestId = "req" }: { amount: number | undefined; requestId?: string },
  key = newKey(),
): Promise<ProviderResult<PaymentUpdate>> {
  return await lab.with("refund").refund({ providerData, amount, currency: "usd", requestId }, key);
}

async function untilHeard(lab: Lab, { sessionId, key }: Bought, status: string): Promise<void> {
  await untilSo(async () => expect(await lab.hear(sessionId, key)).toMatchObject({ status }));
}
