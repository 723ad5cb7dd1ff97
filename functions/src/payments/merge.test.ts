import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyFacts, deliveriesOf } from "../../../tests/kit/arbitraries.ts";
import {
  at,
  buildCheckout,
  buildFacts,
  buildNews,
  buildOrder,
  buildPaidNews,
  buildPaymentSession,
} from "../../../tests/kit/builders.ts";
import type { PaymentNews } from "../adapters/paymentAdapter.ts";
import type { PaymentFacts } from "../contract/documents.ts";
import { noFacts } from "../model/facts.ts";
import {
  paymentDocument,
  paymentSchema,
  paymentSessionSchema,
  sessionDocument,
  type Payment,
  type PaymentSession,
} from "./documents.ts";
import { mergePayment, mergeSession, toPaymentId, toSession } from "./merge.ts";

const now = at(100);

function paymentNews(facts: PaymentFacts): PaymentNews {
  return buildPaidNews({ payment: { key: "pi_1", facts, providerData: { paymentIntentId: "pi_1" } } });
}

function mergeOnePayment(known: Payment | undefined, news: PaymentNews): Payment {
  return mergePayment(known, { session: buildPaymentSession(), sessionId: "cs_1", news }, now);
}

function mergeAllInto(deliveries: readonly PaymentFacts[]): Payment | undefined {
  return deliveries.reduce<Payment | undefined>(
    (known, facts) => mergeOnePayment(known, paymentNews(facts)),
    undefined,
  );
}

describe("toSession", () => {
  it("takes the order as it was made and the rest from the checkout", () => {
    const order = buildOrder({ quantity: 3, creditsAmount: 300, subscriptionDays: 30 });
    const checkout = buildCheckout({ amount: 3_000 });
    expect(toSession({ provider: "stripe", order, checkout }, now)).toEqual({
      ...order,
      provider: "stripe",
      mode: "payment",
      amount: 3_000,
      status: "created",
      paymentId: null,
      successUrl: checkout.successUrl,
      cancelUrl: checkout.cancelUrl,
      expiresAt: checkout.expiresAt,
      providerData: checkout.providerData,
      createdAt: now,
      updatedAt: now,
    });
  });

  it.each([
    ["the checkout's currency", "usd", "usd"],
    ["the order's currency where the checkout names none", undefined, "eur"],
  ])("uses %s", (_name, currency, expected) => {
    const checkout = buildCheckout({ currency });
    const session = toSession({ provider: "stripe", order: buildOrder(), checkout }, now);
    expect(session.currency).toBe(expected);
    expect(paymentSessionSchema.parse(sessionDocument.toData(session))).toEqual(
      sessionDocument.toData(session),
    );
  });
});

describe("mergeSession", () => {
  it("takes the total and the payment's id from a completed checkout", () => {
    const news = buildPaidNews({ checkout: buildCheckout({ amount: 800, providerData: { extra: "x" } }) });
    expect(mergeSession(buildPaymentSession(), news, now)).toEqual({
      ...buildPaymentSession(),
      amount: 800,
      status: "completed",
      paymentId: "stripe_pi_1",
      providerData: { customerId: "cus_1", extra: "x" },
      updatedAt: now,
    });
  });

  it.each(["created", "expired", "processing", "failed"] as const)(
    "keeps what is known when news of a %s checkout come after its completion",
    (sessionStatus) => {
      const completed = mergeSession(buildPaymentSession(), buildPaidNews(), at(50));
      const stale = buildNews({ sessionStatus, checkout: buildCheckout({ amount: 5 }) });
      expect(mergeSession(completed, stale, now)).toEqual({ ...completed, updatedAt: now });
    },
  );

  it("changes only updatedAt when the same news come again", () => {
    const once = mergeSession(buildPaymentSession(), buildPaidNews(), at(50));
    expect(mergeSession(once, buildPaidNews(), now)).toEqual({ ...once, updatedAt: now });
  });

  it("takes nothing that belongs to the order from the news", () => {
    const forged = buildOrder({ userId: "mallory", creditsAmount: 1_000_000, productId: "prod_x" });
    const merged = mergeSession(buildPaymentSession(), buildPaidNews({ order: forged }), now);
    expect(merged).toMatchObject(buildOrder());
  });

  it("ends in the same session whatever is reordered or repeated", () => {
    const stories: PaymentNews[] = [
      buildNews(),
      buildNews({ sessionStatus: "expired" }),
      { ...paymentNews(noFacts), sessionStatus: "processing" },
      { ...paymentNews({ ...noFacts, failed: { reason: "x", at: at(9) } }), sessionStatus: "failed" },
      buildPaidNews({ checkout: buildCheckout({ amount: 800 }) }),
    ];
    const merge = (session: PaymentSession, news: PaymentNews) => mergeSession(session, news, now);
    const start = { ...buildPaymentSession(), updatedAt: now };
    fc.assert(
      fc.property(deliveriesOf(fc.constantFrom(...stories), { maxLength: 5 }), ({ list, first, second }) => {
        expect(second.reduce(merge, first.reduce(merge, start))).toEqual(list.reduce(merge, start));
      }),
    );
  });
});

describe("mergePayment", () => {
  it("builds the first document from the session and the news", () => {
    const payment = mergeOnePayment(undefined, buildPaidNews());
    expect(payment).toEqual({
      userId: "user_1",
      provider: "stripe",
      sessionId: "cs_1",
      productId: "prod_small",
      amount: 1_000,
      currency: "eur",
      status: "succeeded",
      amountRefunded: 0,
      amountChargedBack: 0,
      worth: { creditsAmount: 100, subscriptionDays: null },
      paidAt: at(10),
      providerData: { paymentIntentId: "pi_1" },
      metadata: { gatewayProject: "demo-gateway" },
      facts: buildFacts(),
      createdAt: now,
      updatedAt: now,
    });
    expect(paymentSchema.parse(paymentDocument.toData(payment))).toEqual(paymentDocument.toData(payment));
  });

  it("takes user, credits and days from the session, not from the news", () => {
    const news = buildPaidNews({
      order: buildOrder({ userId: "mallory", creditsAmount: 1_000_000, subscriptionDays: 36_500 }),
    });
    expect(mergeOnePayment(undefined, news)).toMatchObject({
      userId: "user_1",
      worth: { creditsAmount: 100, subscriptionDays: null },
    });
  });

  it.each<[string, PaymentFacts, Partial<Payment>]>([
    ["nothing yet", noFacts, { status: "pending", amount: 1_000, currency: "eur", paidAt: null }],
    [
      "a failure",
      { ...noFacts, failed: { reason: "card_declined", at: at(5) } },
      { status: "failed", amount: 1_000, paidAt: null },
    ],
    [
      "a discounted payment in another currency",
      buildFacts({ paid: { amount: 750, currency: "usd", at: at(7) } }),
      { status: "succeeded", amount: 750, currency: "usd", paidAt: at(7) },
    ],
    [
      "a free order",
      buildFacts({ paid: { amount: 0, currency: "eur", at: at(7) } }),
      { status: "succeeded", amount: 0, paidAt: at(7) },
    ],
    [
      "a partial refund",
      buildFacts({ refunds: { re_1: { state: "succeeded", amount: 300, at: at(20) } } }),
      { status: "partially_refunded", amount: 1_000, amountRefunded: 300 },
    ],
  ])("derives amount, date and status from %s", (_name, facts, expected) => {
    expect(mergeOnePayment(undefined, paymentNews(facts))).toMatchObject(expected);
  });

  it("is pending where the news tell of a checkout alone, and stays as it was where it is known", () => {
    const first = mergeOnePayment(undefined, buildNews());
    expect(first).toMatchObject({ status: "pending", amount: 1_000, providerData: {}, facts: noFacts });
    const paid = mergeOnePayment(undefined, buildPaidNews());
    expect(mergeOnePayment(paid, buildNews())).toEqual(paid);
  });

  it("keeps its first date and the ids it knew", () => {
    const known = mergePayment(
      undefined,
      { session: buildPaymentSession(), sessionId: "cs_1", news: buildPaidNews() },
      at(50),
    );
    const providerData = { chargeId: "ch_1" };
    const news = buildPaidNews({ payment: { key: "pi_1", facts: noFacts, providerData } });
    expect(mergeOnePayment(known, news)).toEqual({
      ...known,
      providerData: { paymentIntentId: "pi_1", chargeId: "ch_1" },
      updatedAt: now,
    });
  });

  it("ends in the same payment whatever is reordered or repeated", () => {
    fc.assert(
      fc.property(deliveriesOf(anyFacts, { minLength: 1, maxLength: 5 }), ({ list, first, second }) => {
        expect(mergeAllInto([...first, ...second])).toEqual(mergeAllInto(list));
      }),
    );
  });
});

describe("toPaymentId", () => {
  it("keeps the providers apart", () => {
    expect([toPaymentId("stripe", "pi_1"), toPaymentId("other", "pi_1")]).toEqual([
      "stripe_pi_1",
      "other_pi_1",
    ]);
  });
});
