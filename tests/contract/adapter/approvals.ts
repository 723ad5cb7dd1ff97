import { describe, expect, it } from "vitest";
import type { PaymentNews } from "../../../functions/src/adapters/paymentAdapter.ts";
import { expectNotFound, newKey, requireFailure, requireOk, requirePayment, type Lab } from "./lab.ts";

export function describeOneStep(lab: Lab): void {
  it("names no approval where paying is one step", async () => {
    const { checkout } = await lab.open();
    await lab.harness.pay(checkout.sessionId, "pays");
    const news = requireOk(await lab.adapter.fetchCheckout(checkout.sessionId));
    expect([news.sessionStatus, news.approvedAt]).toEqual(["completed", undefined]);
  });
}

export function describeSettling(lab: Lab): void {
  describe("captureCheckout", () => {
    it("is waited for by a checkout that is approved, and by nothing else", async () => {
      const sessionId = await approve(lab);
      const approved = requireOk(await lab.adapter.fetchCheckout(sessionId));
      expect([approved.sessionStatus, approved.payment]).toEqual(["created", undefined]);
      expect(approved.approvedAt).toBeInstanceOf(Date);
      const again = requireOk(await lab.adapter.fetchCheckout(sessionId));
      expect(again.approvedAt).toEqual(approved.approvedAt);
      const settled = await settle(lab, sessionId);
      expect([settled.sessionStatus, settled.approvedAt]).toEqual(["completed", undefined]);
    });

    it("takes the money once, however often and with whichever keys it is called", async () => {
      const sessionId = await approve(lab);
      const key = newKey();
      const calls = [key, key, newKey(), newKey()];
      const all = await Promise.all(calls.map((each) => settle(lab, sessionId, each)));
      const later = [await settle(lab, sessionId, key), await settle(lab, sessionId)];
      const payments = [...all, ...later].map((news) => requirePayment(news));
      expect(new Set(payments.map((payment) => payment.key)).size).toBe(1);
      for (const { facts } of payments) expect(facts.paid).toEqual(payments[0]?.facts.paid);
    });

    it("takes it once when its answer was lost", async () => {
      const sessionId = await approve(lab);
      const key = newKey();
      await lab.harness.breakNext("captureCheckout", "lost_answer");
      expect(
        requireFailure(await lab.with("captureCheckout").captureCheckout(sessionId, key)).retryable,
      ).toBe(true);
      expect(await settle(lab, sessionId, key)).toMatchObject({ sessionStatus: "completed" });
    });

    it("leaves a checkout alone that nobody has approved", async () => {
      const { checkout } = await lab.open();
      const news = await settle(lab, checkout.sessionId);
      expect([news.sessionStatus, news.payment]).toEqual(["created", undefined]);
    });

    it("neither finds nor settles a checkout of another project", async () => {
      const sessionId = await approve(lab, lab.stranger);
      expectNotFound(await lab.with("captureCheckout").captureCheckout(sessionId, newKey()));
      expect(requireOk(await lab.stranger.fetchCheckout(sessionId)).approvedAt).toBeInstanceOf(Date);
    });

    it("takes nothing of a checkout that was ended after its approval", async () => {
      const sessionId = await approve(lab);
      requireOk(await lab.with("expireCheckout").expireCheckout(sessionId));
      expect(await settle(lab, sessionId)).toMatchObject({ sessionStatus: "expired" });
    });

    it("tells of a capture that is declined, and settles another approval", async () => {
      const failed = await lab.buy("fails");
      expect([failed.sessionStatus, failed.approvedAt]).toEqual(["failed", undefined]);
      const { sessionId } = failed.checkout;
      await lab.harness.pay(sessionId, "pays");
      const paid = await lab.settle(sessionId);
      expect(paid).toMatchObject({ sessionStatus: "completed", paymentKey: failed.paymentKey });
    });
  });
}

/** Opens a checkout and has its payer approve it. Returns its id. */
async function approve(lab: Lab, adapter = lab.adapter): Promise<string> {
  const { checkout } = await lab.open({ adapter });
  await lab.harness.pay(checkout.sessionId, "pays");
  return checkout.sessionId;
}

async function settle(lab: Lab, sessionId: string, key = newKey()): Promise<PaymentNews> {
  return requireOk(await lab.with("captureCheckout").captureCheckout(sessionId, key));
}
