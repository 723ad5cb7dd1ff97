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
import { noFacts, toOpenFacts } from "../model/facts.ts";
import {
  paymentDocument,
  paymentSchema,
  paymentSessionSchema,
  sessionDocument,
  type Payment,
  type PaymentSession,
} from "./documents.ts";
import {
  mergePayment,
  mergePaymentFacts,
  mergeSession,
  toPaymentId,
  toSession,
  type WholePayment,
} from "./merge.ts";

const now = at(100);

function paymentNews(facts: PaymentFacts): PaymentNews {
  return buildPaidNews({ payment: { key: "pi_1", facts, providerData: { paymentIntentId: "pi_1" } } });
}

function mergeWhole(known: WholePayment | undefined, news: PaymentNews): WholePayment {
  return mergePayment(known, { session: buildPaymentSession(), sessionId: "cs_1", news }, now);
}

function mergeFirst(news: PaymentNews): Payment {
  return mergeWhole(undefined, news).payment;
}

function mergeAllInto(deliveries: readonly PaymentFacts[]): WholePayment | undefined {
  return deliveries.reduce<WholePayment | undefined>(
    (known, facts) => mergeWhole(known, paymentNews(facts)),
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
    const { payment, hidden } = mergeWhole(undefined, buildPaidNews());
    expect(hidden).toBeUndefined();
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
    expect(mergeFirst(news)).toMatchObject({
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
    expect(mergeFirst(paymentNews(facts))).toMatchObject(expected);
  });

  it("is pending where the news tell of a checkout alone, and stays as it was where it is known", () => {
    expect(mergeFirst(buildNews())).toMatchObject({
      status: "pending",
      amount: 1_000,
      providerData: {},
      facts: noFacts,
    });
    const paid = mergeWhole(undefined, buildPaidNews());
    expect(mergeWhole(paid, buildNews())).toEqual(paid);
  });

  it("keeps its first date and the ids it knew", () => {
    const known = mergePayment(
      undefined,
      { session: buildPaymentSession(), sessionId: "cs_1", news: buildPaidNews() },
      at(50),
    );
    const providerData = { chargeId: "ch_1" };
    const news = buildPaidNews({ payment: { key: "pi_1", facts: noFacts, providerData } });
    expect(mergeWhole(known, news).payment).toEqual({
      ...known.payment,
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

describe("what a payment's user does not read", () => {
  const warning = { state: "warning", amount: 0, at: at(20) } as const;
  const warned = paymentNews(buildFacts({ disputes: { issfr_1: warning } }));

  it("is what banks say, and since when that freezes", () => {
    const { payment, hidden } = mergeWhole(undefined, warned);
    expect(payment).toMatchObject({ status: "disputed", facts: buildFacts() });
    expect(payment.facts.disputes).toEqual({});
    expect(hidden).toEqual({
      disputes: { issfr_1: warning },
      thaws: {},
      frozen: true,
      frozenSince: at(20),
      createdAt: now,
      updatedAt: now,
    });
  });

  it("is who thawed it", () => {
    const thaw = { at: at(30), actor: "root", reason: "A regular" };
    const facts = buildFacts({ thaws: { issfr_1: thaw } });
    const { payment, hidden } = mergeWhole(mergeWhole(undefined, warned), paymentNews(facts));
    expect(payment.facts).not.toHaveProperty("thaws");
    expect(hidden).toMatchObject({ thaws: { issfr_1: thaw }, frozen: false, frozenSince: null });
  });

  it("is moved out of a payment that was written before it was hidden", () => {
    const old = mergeFirst(buildPaidNews());
    const facts = { ...old.facts, disputes: { issfr_1: warning } };
    const merged = mergePaymentFacts({ payment: { ...old, facts }, hidden: undefined }, noFacts, now);
    expect(merged).toEqual(mergeWhole(undefined, warned));
  });

  it("does not matter to other news of a payment that its user sees as paid", () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, (known, news) => {
        const { payment, hidden } = mergeWhole(undefined, paymentNews(known));
        fc.pre(["succeeded", "partially_refunded", "refunded"].includes(payment.status));
        const open = toOpenFacts(news);
        expect(mergePaymentFacts({ payment, hidden: undefined }, open, now).payment).toEqual(
          mergePaymentFacts({ payment, hidden }, open, now).payment,
        );
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
