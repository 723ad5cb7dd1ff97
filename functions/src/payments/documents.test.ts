import { describe, expect, it } from "vitest";
import { buildPaymentSession } from "../../../tests/kit/builders.ts";
import { creditablePaymentSchema, paymentSessionSchema, sessionDocument } from "./documents.ts";

describe("paymentSessionSchema", () => {
  const stored = sessionDocument.toData(buildPaymentSession());

  it("reads a whole document", () => {
    expect(paymentSessionSchema.parse(stored)).toEqual(stored);
  });

  it.each<[string, Record<string, unknown>]>([
    ["a status nobody knows", { status: "paid" }],
    ["a negative amount", { amount: -1 }],
    ["a mode nobody knows", { mode: "setup" }],
    ["no expiry", { expiresAt: null }],
    ["provider data that is not text", { providerData: { customerId: 1 } }],
  ])("refuses a document with %s", (_name, fields) => {
    expect(paymentSessionSchema.safeParse({ ...stored, ...fields }).success).toBe(false);
  });
});

describe("creditablePaymentSchema", () => {
  it("has nothing of a provider", () => {
    expect(Object.keys(creditablePaymentSchema.shape).toSorted()).toEqual([
      "amount",
      "amountChargedBack",
      "amountCredited",
      "amountForgiven",
      "amountFromBalance",
      "amountRefunded",
      "creditsAmount",
      "creditsTaken",
      "paidAt",
      "status",
      "subscriptionDays",
      "takenFrom",
      "userId",
    ]);
  });
});
