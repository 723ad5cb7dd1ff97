import type { Stripe } from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stripe as direct, suite } from "../suite/harness.ts";
import { connectStripe } from "../stripe.ts";
import { Gate } from "./gate.ts";
import { startStripeProxy, type StripeProxy } from "./stripeProxy.ts";

describe("startStripeProxy", () => {
  const gate = new Gate();
  let proxy: StripeProxy;
  let stripe: Stripe;

  beforeAll(async () => {
    proxy = await startStripeProxy(suite.stripeUrl, gate);
    stripe = connectStripe({ url: proxy.url, apiKey: suite.stripeApiKey }, { maxNetworkRetries: 2 });
  });

  afterAll(() => proxy.close());

  it("hands requests and answers on, and notes them", async () => {
    const { calls } = await gate.record(async () => {
      const { id } = await stripe.customers.create({ email: "ada@example.com" });
      expect(await stripe.customers.retrieve(id)).toMatchObject({ email: "ada@example.com" });
      await expect(stripe.customers.retrieve("cus_none")).rejects.toMatchObject({ statusCode: 404 });
      expect((await stripe.customers.list({ limit: 1 })).data).toHaveLength(1);
    });
    expect(calls.map(({ name }) => name.replace(/cus_\w+$/, "cus"))).toEqual([
      "POST /v1/customers",
      "GET /v1/customers/cus",
      "GET /v1/customers/cus",
      "GET /v1/customers",
    ]);
  });

  it.each(["UNAVAILABLE", "DEADLINE_EXCEEDED"] as const)(
    "is %s once, which the SDK repeats",
    async (error) => {
      for (const when of ["before", "after"] as const) {
        void gate.inject({ when, kind: "fail", error });
        const email = `${crypto.randomUUID()}@example.com`;
        const { calls } = await gate.record(() => stripe.customers.create({ email }));
        expect(calls).toHaveLength(2);
        expect((await direct.customers.list({ email })).data).toHaveLength(1);
      }
    },
  );

  it("fails before the work or after it, in a way that the SDK does not repeat", async () => {
    for (const when of ["before", "after"] as const) {
      void gate.inject({ when, kind: "fail", error: "DATA_LOSS" });
      const email = `${crypto.randomUUID()}@example.com`;
      await expect(stripe.customers.create({ email })).rejects.toMatchObject({ statusCode: 500 });
      expect((await direct.customers.list({ email })).data).toHaveLength(when === "after" ? 1 : 0);
    }
  });

  it("stops a process after a call", async () => {
    const email = `${crypto.randomUUID()}@example.com`;
    const stopped = gate.inject({ when: "after", kind: "stop" });
    const work = stripe.customers.create({ email });
    expect(await stopped).toMatchObject({ name: "POST /v1/customers" });
    const later = stripe.customers.list({ limit: 1 });
    const pause = new Promise((resolve) => setTimeout(resolve, 100, "nothing"));
    expect(await Promise.race([work, later, pause])).toBe("nothing");
    expect((await direct.customers.list({ email })).data).toHaveLength(1);
    gate.open();
    expect((await stripe.customers.list({ email })).data).toHaveLength(1);
  });
});
