import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at, buildCreditablePayment } from "../../../tests/kit/builders.ts";
import { paymentStatuses } from "../contract/codes.ts";
import type { Worth } from "../contract/documents.ts";
import type { CreditablePayment } from "../payments/documents.ts";
import { toCreditsState, toEntitlement } from "./entitlement.ts";

/** A payment with part of it refunded, of any size that a document may hold. */
const anyRefundedPayment = fc
  .record({
    creditsAmount: fc.integer({ min: 0, max: 1_000_000_000 }),
    amount: fc.oneof(
      fc.integer({ min: 1, max: 100 }),
      fc.maxSafeInteger().filter((amount) => amount > 0),
    ),
  })
  .chain(({ creditsAmount, amount }) => {
    const parts = fc.oneof(fc.constantFrom(0, amount), fc.integer({ min: 0, max: amount }));
    return parts.map((amountRefunded) =>
      refunded({ worth: { creditsAmount, subscriptionDays: null }, amount, amountRefunded }),
    );
  });

function refunded(
  payment: Pick<CreditablePayment, "worth" | "amount" | "amountRefunded">,
): CreditablePayment {
  const { amount, amountRefunded } = payment;
  const left = amount - amountRefunded;
  const status = left === 0 ? "refunded" : "partially_refunded";
  return buildCreditablePayment({ ...payment, status: amountRefunded === 0 ? "succeeded" : status });
}

describe("toEntitlement", () => {
  it.each<[CreditablePayment["status"], number, number]>([
    ["pending", 0, 0],
    ["failed", 0, 0],
    ["canceled", 0, 0],
    ["succeeded", 0, 100],
    ["partially_refunded", 300, 70],
    ["refunded", 1_000, 0],
    ["disputed", 0, 100],
    ["disputed", 300, 70],
  ])("of a payment that is %s, %d of 1000 refunded, is %d credits", (status, amountRefunded, credits) => {
    expect(toEntitlement(buildCreditablePayment({ status, amountRefunded })).credits).toBe(credits);
  });

  it.each<[string, Partial<CreditablePayment>, number]>([
    ["nothing of a payment that stands", {}, 0],
    ["the refunded share", { status: "partially_refunded", amountRefunded: 300 }, 30],
    ["all of a payment that went back", { status: "refunded", amountRefunded: 1_000 }, 100],
    ["nothing before payment, for nothing was given", { status: "pending", paidAt: null }, 0],
  ])("revokes %s", (_name, payment, revoked) => {
    expect(toEntitlement(buildCreditablePayment(payment)).revoked).toBe(revoked);
  });

  it.each([
    ["all of it", { amountChargedBack: 1_000 }, 0],
    ["a part of it", { amountChargedBack: 400 }, 60],
    ["what a refund left", { amountRefunded: 300, amountChargedBack: 700 }, 0],
    ["all of it after a refund", { amountRefunded: 300, amountChargedBack: 1_000 }, 0],
    ["a part after a refund", { amountRefunded: 300, amountChargedBack: 200 }, 50],
  ])("of a payment that lost %s in disputes is what is left", (_name, lost, credits) => {
    expect(toEntitlement(buildCreditablePayment({ status: "charged_back", ...lost })).credits).toBe(credits);
  });

  it("is frozen while the payment is disputed, and only then", () => {
    const frozen = paymentStatuses.filter(
      (status) => toEntitlement(buildCreditablePayment({ status })).frozen,
    );
    expect(frozen).toEqual(["disputed"]);
  });

  it.each([
    ["a part of a credit", { creditsAmount: 1, amount: 1_000, amountRefunded: 999 }, 1],
    ["a third", { creditsAmount: 100, amount: 3, amountRefunded: 1 }, 67],
    ["two thirds", { creditsAmount: 100, amount: 3, amountRefunded: 2 }, 34],
    ["all but one cent", { creditsAmount: 100, amount: 1_000, amountRefunded: 999 }, 1],
    ["the smallest part", { creditsAmount: 1_000_000_000, amount: 3, amountRefunded: 1 }, 666_666_667],
    [
      "numbers whose product a double cannot hold",
      { creditsAmount: 999_999_999, amount: 9_007_199_254_740_991, amountRefunded: 9_007_199_254_740_990 },
      1,
    ],
  ])("rounds %s in the user's favour", (_name, { creditsAmount, ...payment }, credits) => {
    const worth = { creditsAmount, subscriptionDays: null };
    expect(toEntitlement(refunded({ ...payment, worth })).credits).toBe(credits);
  });

  it("of a free order is all of its credits", () => {
    expect(toEntitlement(buildCreditablePayment({ amount: 0 })).credits).toBe(100);
  });

  it("is a whole number, never negative and never more than the payment gives", () => {
    fc.assert(
      fc.property(anyRefundedPayment, (payment) => {
        const { credits } = toEntitlement(payment);
        expect(Number.isSafeInteger(credits)).toBe(true);
        expect(credits).toBeGreaterThanOrEqual(0);
        expect(credits).toBeLessThanOrEqual(payment.worth.creditsAmount);
      }),
    );
  });

  it("is the unrefunded share, rounded up by less than one credit", () => {
    fc.assert(
      fc.property(anyRefundedPayment, (payment) => {
        const [amount, left, given] = [
          BigInt(payment.amount),
          BigInt(payment.amount - payment.amountRefunded),
          BigInt(payment.worth.creditsAmount),
        ];
        const over = BigInt(toEntitlement(payment).credits) * amount - given * left;
        expect(over >= 0n && over < amount).toBe(true);
      }),
    );
  });

  it("never grows with a further refund, and is nothing once all is refunded", () => {
    fc.assert(
      fc.property(anyRefundedPayment, fc.nat(), (payment, more) => {
        const amountRefunded = Math.min(payment.amount, payment.amountRefunded + more);
        const further = toEntitlement(refunded({ ...payment, amountRefunded })).credits;
        expect(further).toBeLessThanOrEqual(toEntitlement(payment).credits);
        expect(toEntitlement(refunded({ ...payment, amountRefunded: payment.amount })).credits).toBe(0);
      }),
    );
  });

  it("revokes in parts what it revokes at once", () => {
    fc.assert(
      fc.property(anyRefundedPayment, fc.array(fc.integer({ min: 1 }), { maxLength: 5 }), (payment, cuts) => {
        const { amount, worth } = payment;
        const { creditsAmount } = worth;
        const totals = [...cuts.map((cut) => cut % amount), amount].toSorted((a, b) => a - b);
        let held = creditsAmount;
        let revoked = 0;
        for (const amountRefunded of totals) {
          const { credits } = toEntitlement(refunded({ amount, worth, amountRefunded }));
          revoked += held - credits;
          held = credits;
        }
        expect([held, revoked]).toEqual([0, creditsAmount]);
      }),
    );
  });

  it.each<[string, Partial<CreditablePayment & Worth>, Date | null]>([
    ["forever without days", {}, null],
    ["a day from payment", { subscriptionDays: 1 }, at(10 + 86_400)],
    ["a year from payment", { subscriptionDays: 365 }, at(10 + 365 * 86_400)],
    ["the most days there are", { subscriptionDays: 36_500 }, at(10 + 36_500 * 86_400)],
    ["open before payment", { subscriptionDays: 30, paidAt: null, status: "pending" }, null],
    [
      "as long after a refund",
      { subscriptionDays: 1, amountRefunded: 1_000, status: "refunded" },
      at(10 + 86_400),
    ],
  ])("lasts %s", (_name, payment, expected) => {
    expect(toEntitlement(buildCreditablePayment(payment)).expiresAt).toEqual(expected);
  });
});

describe("toCreditsState", () => {
  it.each<[string, Partial<CreditablePayment & Worth>, number, string]>([
    ["all is booked", {}, 100, "granted"],
    ["nothing is booked yet", {}, 0, "pending"],
    ["something else is booked", { status: "partially_refunded", amountRefunded: 500 }, 100, "pending"],
    ["it is not paid", { status: "pending", paidAt: null }, 0, "none"],
    ["it is disputed", { status: "disputed" }, 100, "none"],
    ["all of it went back", { status: "refunded", amountRefunded: 1_000 }, 0, "none"],
  ])("if %s", (_name, payment, granted, expected) => {
    expect(toCreditsState(buildCreditablePayment(payment), granted)).toBe(expected);
  });
});

describe("toEntitlement of an invoice", () => {
  it.each<[string, Partial<CreditablePayment & Worth>, { credits: number; revoked: number }]>([
    [
      "takes a refund's share of card and balance together",
      { amount: 1_000, amountFromBalance: 1_000, amountRefunded: 1_000, status: "refunded" },
      { credits: 50, revoked: 50 },
    ],
    [
      "takes the share of what a credit note gives back",
      { amount: 1_000, amountCredited: 250, status: "partially_refunded" },
      { credits: 75, revoked: 25 },
    ],
    [
      "takes the share of what a credit note took off before",
      { amount: 750, amountForgiven: 250 },
      { credits: 75, revoked: 25 },
    ],
    [
      "gives nothing if a credit note paid it",
      { amount: 0, amountForgiven: 1_000 },
      { credits: 0, revoked: 100 },
    ],
    [
      "takes all if all went back",
      { amount: 0, amountFromBalance: 1_000, amountChargedBack: 1_000, status: "charged_back" },
      { credits: 0, revoked: 100 },
    ],
  ])("%s", (_name, payment, expected) => {
    expect(toEntitlement(buildCreditablePayment(payment))).toMatchObject(expected);
  });

  it("takes credits once it is paid, whatever is refunded", () => {
    const taking = { creditsAmount: 0, creditsTaken: 250, takenFrom: ["stripe_in_1"] };
    const expected = { credits: 0, revoked: 0, taken: 250, takenFrom: ["stripe_in_1"] };
    expect(toEntitlement(buildCreditablePayment(taking))).toMatchObject(expected);
    const goneBack = { ...taking, amountRefunded: 1_000, status: "refunded" } as const;
    expect(toEntitlement(buildCreditablePayment(goneBack))).toMatchObject(expected);
    const unpaid = { ...taking, status: "pending", paidAt: null } as const;
    expect(toEntitlement(buildCreditablePayment(unpaid)).taken).toBeUndefined();
  });
});
