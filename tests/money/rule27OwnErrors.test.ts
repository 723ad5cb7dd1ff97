import { describe, expect, it } from "vitest";
import { PaymentAdapterFactory } from "../../functions/src/adapters/factory.ts";
import type { PaymentAdapter } from "../../functions/src/adapters/paymentAdapter.ts";
import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import { commit, ConflictError, writeChange } from "../../functions/src/platform/compareAndSet.ts";
import { buildContext } from "../kit/context.ts";
import { createProduct, db, suite } from "../kit/suite/harness.ts";
import { buildStripeAdapter } from "../kit/stripe.ts";

const { projectId, stripeUrl: url, stripeApiKey: apiKey, webhookSecret } = suite;

/** A provider that takes new customers and has lost each of them by the time of the checkout. */
class Forgetful {
  readonly adapter: PaymentAdapter = buildStripeAdapter({ url, apiKey, webhookSecret, projectId });
  customers = 0;
  checkouts = 0;

  constructor() {
    this.adapter.ensureCustomer = async () => {
      this.customers += 1;
      return { outcome: "ok", value: `cus_${crypto.randomUUID()}` };
    };
    this.adapter.createCheckout = async () => {
      this.checkouts += 1;
      const failure = { kind: "not_found", retryable: false, detail: "lost", subject: "customer" } as const;
      return { outcome: "failed", failure };
    };
  }
}

/** Rule 27: what is wrong with us or with the provider for good is not tried again and again. */
describe("rule 27: errors of our own making", () => {
  it("gives up on a customer who is lost again", async () => {
    const forgetful = new Forgetful();
    const adapters = new PaymentAdapterFactory(
      { stripe: async () => forgetful.adapter },
      { defaultProvider: "stripe" },
    );
    const caller = { userId: crypto.randomUUID(), email: "lost@example.com" };
    const productId = await createProduct();
    const bought = createPaymentSession(buildContext({ db, adapters, projectId }), caller, { productId });
    await expect(bought).rejects.toMatchObject({ code: "not_found" });
    expect(forgetful).toMatchObject({ customers: 2, checkouts: 2 });
  });

  it("knows a document that has changed since it was read, which is tried again", async () => {
    const ref = db.collection("rule27").doc(crypto.randomUUID());
    await ref.set({ count: 1 });
    const snapshot = await ref.get();
    await ref.set({ count: 10 });
    const batch = db.batch();
    writeChange(batch, { snapshot, data: { count: 2 } });
    await expect(commit(batch)).rejects.toBeInstanceOf(ConflictError);
    expect((await ref.get()).get("count")).toBe(10);
  });
});
