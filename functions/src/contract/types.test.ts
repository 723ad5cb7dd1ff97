import { describe, expect, it } from "vitest";
import { buildOrder, buildPaymentSession } from "../../../tests/kit/builders.ts";
import {
  createPaymentSessionInput,
  creditablePaymentSchema,
  orderSchema,
  paymentSessionSchema,
  verifyPaymentInput,
} from "./types.ts";

const unusableIds: [string, unknown][] = [
  ["nothing", ""],
  ["a slash", "prod/1"],
  ["a path upwards", "../prod_1"],
  ["one dot", "."],
  ["two dots", ".."],
  ["a dot inside", "prod.1"],
  ["a blank", "prod 1"],
  ["a line break at the end", "prod_1\n"],
  ["a NUL", "prod\0"],
  ["an encoded slash", "prod%2F1"],
  ["letters of another script", "рrod_1"],
  ["full-width letters", "ｐrod_1"],
  ["an emoji", "prod_💳"],
  ["201 characters", "a".repeat(201)],
  ["a number", 1],
  ["null", null],
  ["a list", ["prod_1"]],
  ["an object", { id: "prod_1" }],
];

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

describe("verifyPaymentInput", () => {
  it.each<[string, unknown, unknown]>([
    ["a session id", "cs_test_a1", { sessionId: "cs_test_a1" }],
    ["an object with one", { sessionId: "cs_test_a1" }, { sessionId: "cs_test_a1" }],
    [
      "an object with a provider",
      { sessionId: "cs_test_a1", provider: "stripe" },
      { sessionId: "cs_test_a1", provider: "stripe" },
    ],
    ["a name every object has", "constructor", { sessionId: "constructor" }],
  ])("reads %s", (_name, input, expected) => {
    expect(verifyPaymentInput.parse(input)).toEqual(expected);
  });

  it.each(unusableIds.filter(([name]) => name !== "an object"))("refuses %s as an id", (_name, id) => {
    expect(verifyPaymentInput.safeParse(id).success).toBe(false);
    expect(verifyPaymentInput.safeParse({ sessionId: id }).success).toBe(false);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["an empty object", {}],
    ["a user id", { sessionId: "cs_1", userId: "user_2" }],
    ["an unknown provider's form", { sessionId: "cs_1", provider: "STRIPE" }],
    // Firestore reserves such names and fails on them: https://firebase.google.com/docs/firestore/quotas
    ["a reserved document id", "__proto__"],
  ])("refuses %s", (_name, input) => {
    expect(verifyPaymentInput.safeParse(input).success).toBe(false);
  });
});

describe("orderSchema", () => {
  it.each([
    { quantity: 999, creditsAmount: 0 },
    { creditsAmount: 1_000_000_000 },
    { subscriptionDays: 1 },
    { subscriptionDays: 36_500 },
    { userId: "u".repeat(128) },
  ])("accepts %j", (fields) => {
    expect(orderSchema.parse(buildOrder(fields))).toEqual(buildOrder(fields));
  });

  it.each([
    { quantity: 0 },
    { quantity: 1_000 },
    { creditsAmount: -1 },
    { creditsAmount: 0.5 },
    { creditsAmount: 1_000_000_001 },
    { subscriptionDays: 0 },
    { subscriptionDays: 36_501 },
    { subscriptionDays: 1.5 },
    { userId: "" },
    { userId: "u".repeat(129) },
    { currency: "EUR" },
    { currency: "euro" },
    { priceId: "price/1" },
  ])("refuses %j", (fields) => {
    expect(orderSchema.safeParse(buildOrder(fields)).success).toBe(false);
  });
});

describe("paymentSessionSchema", () => {
  it.each<[string, Record<string, unknown>]>([
    ["a status nobody knows", { status: "paid" }],
    ["a negative amount", { amount: -1 }],
    ["a mode nobody knows", { mode: "setup" }],
    ["no expiry", { expiresAt: null }],
    ["provider data that is not text", { providerData: { customerId: 1 } }],
  ])("refuses a document with %s", (_name, fields) => {
    expect(paymentSessionSchema.safeParse({ ...buildPaymentSession(), ...fields }).success).toBe(false);
  });
});

describe("creditablePaymentSchema", () => {
  it("has nothing of a provider", () => {
    expect(Object.keys(creditablePaymentSchema.shape).toSorted()).toEqual([
      "amount",
      "amountChargedBack",
      "amountRefunded",
      "creditsAmount",
      "paidAt",
      "status",
      "subscriptionDays",
      "userId",
    ]);
  });
});
