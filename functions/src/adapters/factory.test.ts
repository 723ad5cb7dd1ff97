import { describe, expect, it } from "vitest";
import { projectId } from "../../../tests/kit/builders.ts";
import { PaymentAdapterFactory } from "./factory.ts";
import { StripeAdapter } from "./stripe/adapter.ts";

/** A builder of real adapters that counts its calls and fails the first `failures` of them. */
function countingBuilder({ failures = 0 } = {}) {
  const counted = {
    calls: 0,
    build: async () => {
      counted.calls += 1;
      await Promise.resolve();
      if (counted.calls <= failures) throw new Error(`Cannot build, attempt ${counted.calls}`);
      return new StripeAdapter({
        secretKey: "sk_test_unit",
        webhookSecrets: [],
        projectId,
        baseUrl: undefined,
      });
    },
  };
  return counted;
}

describe("PaymentAdapterFactory", () => {
  it("builds nothing before an adapter is asked for", () => {
    const stripe = countingBuilder();
    const factory = new PaymentAdapterFactory({ stripe: stripe.build }, { defaultProvider: "stripe" });
    expect([stripe.calls, factory.defaultProvider, factory.providers]).toEqual([0, "stripe", ["stripe"]]);
  });

  it("builds an adapter once, and no other", async () => {
    const stripe = countingBuilder();
    const other = countingBuilder();
    const builders = { stripe: stripe.build, other: other.build };
    const factory = new PaymentAdapterFactory(builders, { defaultProvider: "other" });
    const first = await factory.readAdapter("stripe");
    expect(first?.name).toBe("stripe");
    expect(await factory.readAdapter("stripe")).toBe(first);
    expect([stripe.calls, other.calls]).toEqual([1, 0]);
  });

  it("builds once for callers at the same time", async () => {
    const stripe = countingBuilder();
    const factory = new PaymentAdapterFactory({ stripe: stripe.build }, { defaultProvider: "stripe" });
    const adapters = await Promise.all(Array.from({ length: 5 }, () => factory.readAdapter("stripe")));
    expect(new Set(adapters).size).toBe(1);
    expect(stripe.calls).toBe(1);
  });

  it("tells every waiting caller of a failure, and builds again for the next", async () => {
    const stripe = countingBuilder({ failures: 1 });
    const factory = new PaymentAdapterFactory({ stripe: stripe.build }, { defaultProvider: "stripe" });
    const waiting = [factory.readAdapter("stripe"), factory.readAdapter("stripe")];
    const settled = await Promise.allSettled(waiting);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect((await factory.readAdapter("stripe"))?.name).toBe("stripe");
    expect(stripe.calls).toBe(2);
  });

  it.each(["paypal", "", "Stripe", "constructor", "__proto__", "toString"])(
    "knows no adapter named %j",
    async (name) => {
      const stripe = countingBuilder();
      const factory = new PaymentAdapterFactory({ stripe: stripe.build }, { defaultProvider: "stripe" });
      expect(await factory.readAdapter(name)).toBeUndefined();
      expect(stripe.calls).toBe(0);
    },
  );
});
