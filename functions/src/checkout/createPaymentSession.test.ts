import { describe, expect, it } from "vitest";
import { unusableIds } from "../../../tests/kit/unusableIds.ts";
import { createPaymentSessionInput } from "./createPaymentSession.ts";

describe("createPaymentSessionInput", () => {
  it.each<[string, Record<string, unknown>]>([
    ["a product alone", {}],
    ["ids of 200 characters", { productId: "a".repeat(200), priceId: "b".repeat(200) }],
    ["the least quantity", { quantity: 1 }],
    ["the greatest quantity", { quantity: 999 }],
    ["a request id of 64 characters", { requestId: "a".repeat(64) }],
    ["a UUID as request id", { requestId: "0190f4a0-7b7e-7b7e-8b7e-0190f4a07b7e" }],
    ["addresses of 2000 characters", { successUrl: "x".repeat(2_000), cancelUrl: "y".repeat(2_000) }],
    ["a provider", { provider: "stripe_2" }],
    ["a field that is undefined", { priceId: undefined }],
  ])("reads %s", (_name, fields) => {
    const input = { productId: "prod_1", ...fields };
    expect(createPaymentSessionInput.parse(input)).toEqual(input);
  });

  it.each<[string, Record<string, unknown>]>([
    ["no product", { productId: undefined }],
    ["a price from the client", { amount: 1 }],
    ["credits from the client", { creditsAmount: 1_000_000 }],
    ["a user from the client", { userId: "user_2" }],
    ["a currency from the client", { currency: "eur" }],
    ["an unknown field without a value", { couponId: undefined }],
    ["no quantity at all", { quantity: 0 }],
    ["a negative quantity", { quantity: -1 }],
    ["a fraction", { quantity: 1.5 }],
    ["too many", { quantity: 1_000 }],
    ["not a number", { quantity: Number.NaN }],
    ["infinitely many", { quantity: Number.POSITIVE_INFINITY }],
    ["a quantity as text", { quantity: "2" }],
    ["null for a quantity", { quantity: null }],
    ["an empty request id", { requestId: "" }],
    ["a request id of 65 characters", { requestId: "a".repeat(65) }],
    ["a request id with a dot", { requestId: "a.b" }],
    ["a request id with a line break", { requestId: "a\n" }],
    ["an address of 2001 characters", { successUrl: "x".repeat(2_001) }],
    ["an address that is no text", { cancelUrl: 1 }],
    ["a provider in capitals", { provider: "Stripe" }],
    ["a provider with a slash", { provider: "stripe/x" }],
    ["a provider that starts with a digit", { provider: "1stripe" }],
    ["a provider of 33 characters", { provider: "a".repeat(33) }],
    ["a provider named __proto__", { provider: "__proto__" }],
  ])("refuses %s", (_name, fields) => {
    expect(createPaymentSessionInput.safeParse({ productId: "prod_1", ...fields }).success).toBe(false);
  });

  it.each(unusableIds)("refuses %s as an id", (_name, id) => {
    expect(createPaymentSessionInput.safeParse({ productId: id }).success).toBe(false);
    expect(createPaymentSessionInput.safeParse({ productId: "prod_1", priceId: id }).success).toBe(false);
  });

  it("refuses a prototype smuggled in as JSON", () => {
    const input: unknown = JSON.parse('{"productId":"prod_1","__proto__":{"quantity":2}}');
    expect(createPaymentSessionInput.safeParse(input)).not.toMatchObject({ data: { quantity: 2 } });
  });

  it("names the field and the reason", () => {
    const { error } = createPaymentSessionInput.safeParse({ productId: "prod_1", requestId: "a b" });
    expect(error?.issues).toMatchObject([
      { path: ["requestId"], message: "Expected 1 to 64 letters, digits, '_' and '-'" },
    ]);
  });
});
