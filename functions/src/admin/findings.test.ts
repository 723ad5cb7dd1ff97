import { describe, expect, it } from "vitest";
import { at } from "../../../tests/kit/builders.ts";
import type { Payment } from "../payments/documents.ts";
import { emptyPayment } from "../payments/merge.ts";
import { toFindings, type AuditedPayment } from "./findings.ts";

function buildPayment(overrides: Partial<Payment> & { creditsAmount?: number }): Payment {
  const { creditsAmount = 500, ...rest } = overrides;
  return {
    ...emptyPayment,
    userId: "user_1",
    provider: "stripe",
    sessionId: null,
    productId: "prod_small",
    amount: 1_900,
    currency: "usd",
    status: "succeeded",
    paidAt: at(0),
    metadata: {},
    createdAt: at(0),
    updatedAt: at(0),
    worth: { creditsAmount, subscriptionDays: null },
    ...rest,
  };
}

type Given = Parameters<typeof buildPayment>[0];

function audit(stored: Given, expected: Given = {}, lines = 1): AuditedPayment {
  return { paymentId: "stripe_in_1", stored: buildPayment(stored), expected: buildPayment(expected), lines };
}

function kindsOf(...payments: AuditedPayment[]): string[] {
  return toFindings("user_1", payments).map(({ kind }) => kind);
}

describe("toFindings", () => {
  it("finds nothing wrong with a payment that is as expected, or not paid", () => {
    expect(kindsOf(audit({}))).toEqual([]);
    expect(kindsOf(audit({ creditsAmount: 9_000, status: "failed", paidAt: null }))).toEqual([]);
  });

  it("lets each line be rounded by a credit", () => {
    expect(kindsOf(audit({ creditsAmount: 502 }, {}, 2))).toEqual([]);
    expect(kindsOf(audit({ creditsAmount: 503 }, {}, 2))).toEqual([
      "payment_above_worth",
      "account_above_law",
    ]);
  });

  it("tells what is above its worth, below it, and not known", () => {
    expect(kindsOf(audit({ creditsAmount: 900 }))).toEqual(["payment_above_worth", "account_above_law"]);
    expect(kindsOf(audit({ creditsAmount: 100 }))).toEqual(["payment_below_worth"]);
    expect(kindsOf(audit({ creditsAmount: 0 }))).toEqual(["worth_unknown"]);
  });

  it("finds credits that were not taken, and not those that were", () => {
    expect(kindsOf(audit({ creditsAmount: 0 }, { creditsAmount: 0, creditsTaken: 250 }))).toEqual([
      "credits_not_taken",
      "account_above_law",
    ]);
    expect(kindsOf(audit({ creditsTaken: 250 }, { creditsTaken: 250 }))).toEqual([]);
  });

  it("weighs what one payment gives too much against what another one gives too little", () => {
    const [above, below] = [audit({ creditsAmount: 600 }), audit({ creditsAmount: 400 })];
    expect(kindsOf(above, below)).toEqual(["payment_above_worth", "payment_below_worth"]);
  });

  it("finds money that went back unseen in the account", () => {
    expect(toFindings("user_1", [audit({}, { amountCredited: 950 })])).toEqual([
      {
        kind: "account_above_law",
        id: "user_1",
        userId: "user_1",
        found: 500,
        expected: 250,
        remedy: expect.stringContaining("Correct the payments"),
      },
    ]);
  });

  it("says which field of which document corrects a payment", () => {
    const [finding] = toFindings("user_1", [audit({ creditsAmount: 0 })]);
    expect(finding).toMatchObject({ id: "stripe_in_1", found: 0, expected: 500 });
    expect(finding?.remedy).toContain("set creditsAmount of payments/stripe_in_1 to 500");
  });
});
