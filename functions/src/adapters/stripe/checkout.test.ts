import type { Stripe } from "stripe";
import { describe, expect, it } from "vitest";
import { at, buildOrder, issuer, projectId } from "../../../../tests/kit/builders.ts";
import {
  buildCharge,
  buildPaymentIntent,
  buildStripeSession,
  toSeconds,
} from "../../../../tests/kit/stripeBuilders.ts";
import type { SessionStatus } from "../../contract/codes.ts";
import type { PaymentFacts } from "../../contract/documents.ts";
import { noFacts } from "../../model/facts.ts";
import type { PaymentNews } from "../paymentAdapter.ts";
import { toCheckout, toDate, toNews, type CheckoutHappening } from "./checkout.ts";

type Session = Partial<Stripe.Checkout.Session>;

function readNews(overrides: Session, happening?: CheckoutHappening): PaymentNews {
  const context = { issuer, at: at(60), ...(happening && { happening }) };
  const news = toNews(buildStripeSession(overrides), context);
  if (!news) throw new Error("Expected a session of this project");
  return news;
}

/** The facts in short. */
function outcomeOf(facts: PaymentFacts | undefined): "none" | "pending" | "paid" | "failed" {
  if (!facts) return "none";
  if (facts.paid) return "paid";
  return facts.failed ? "failed" : "pending";
}

const payment_intent = "pi_1";
const intent = (status: Stripe.PaymentIntent.Status) => buildPaymentIntent({ status });

describe("toNews", () => {
  const table: [string, Session, SessionStatus, ReturnType<typeof outcomeOf>][] = [
    ["open", { status: "open" }, "created", "none"],
    ["open with an intent", { status: "open", payment_intent }, "created", "none"],
    ["open with a failed attempt", { payment_intent: intent("requires_payment_method") }, "created", "none"],
    ["open while a bank is asked", { payment_intent: intent("processing") }, "created", "none"],
    ["without a status", { status: null }, "created", "none"],
    ["of a status nobody knows", { status: "paused", payment_status: "paid" }, "created", "none"],
    ["expired", { status: "expired", url: null }, "expired", "none"],
    [
      "expired after an attempt",
      { status: "expired", payment_intent: intent("canceled") },
      "expired",
      "none",
    ],
    ["paid", { status: "complete", payment_status: "paid", payment_intent }, "completed", "paid"],
    [
      "paid, intent expanded",
      { status: "complete", payment_status: "paid", payment_intent: intent("succeeded") },
      "completed",
      "paid",
    ],
    [
      "free",
      { status: "complete", payment_status: "no_payment_required", amount_total: 0 },
      "completed",
      "paid",
    ],
    ["unpaid", { status: "complete", payment_status: "unpaid", payment_intent }, "processing", "pending"],
    ["unpaid without an intent", { status: "complete", payment_status: "unpaid" }, "processing", "pending"],
    [
      "of a payment status nobody knows",
      { status: "complete", payment_status: "deferred", payment_intent },
      "processing",
      "pending",
    ],
    ...(
      [
        ["processing", "processing", "pending"],
        ["requires_action", "processing", "pending"],
        ["requires_capture", "processing", "pending"],
        ["requires_confirmation", "processing", "pending"],
        ["unknown_to_anybody", "processing", "pending"],
        ["succeeded", "completed", "paid"],
        ["requires_payment_method", "failed", "failed"],
        ["canceled", "failed", "failed"],
      ] as const
    ).map(([status, expected, facts]): (typeof table)[number] => [
      `unpaid, its intent ${status}`,
      { status: "complete", payment_status: "unpaid", payment_intent: intent(status) },
      expected,
      facts,
    ]),
  ];

  it.each(table)("of a session that is %s", (_name, session, status, outcome) => {
    const news = readNews(session);
    expect([news.sessionStatus, outcomeOf(news.payment?.facts)]).toEqual([status, outcome]);
  });

  it("of a bank debit that failed, as the event says it", () => {
    const session = { status: "complete", payment_status: "unpaid", payment_intent };
    const news = readNews(session, "async_payment_failed");
    expect(news.sessionStatus).toBe("failed");
    expect(news.payment?.facts).toEqual({ ...noFacts, failed: { reason: "payment_failed", at: at(60) } });
  });

  it("says why a payment failed where Stripe says it", () => {
    const last_payment_error = { type: "card_error", code: "insufficient_funds" } as const;
    const failed = buildPaymentIntent({ status: "requires_payment_method", last_payment_error });
    const news = readNews({ status: "complete", payment_intent: failed });
    expect(news.payment?.facts.failed?.reason).toBe("insufficient_funds");
  });

  it("takes order and metadata from the session's metadata", () => {
    const news = readNews({});
    expect(news.order).toEqual(buildOrder());
    expect(news.metadata).toEqual(buildStripeSession().metadata);
  });

  it("has no order if the session's metadata was made unreadable", () => {
    const metadata = { gatewayProject: projectId };
    const session = buildStripeSession({ metadata, status: "complete", payment_status: "paid" });
    expect(toNews(session, { issuer, at: at(60) })).toMatchObject({ order: undefined });
  });

  it.each([{ amount_total: null }, { currency: null }])("refuses to guess what was paid: %j", (session) => {
    expect(() => readNews({ status: "complete", payment_status: "paid", ...session })).toThrow("no amount");
  });

  it("waits for money that is due although nothing is required yet", () => {
    const later = { status: "complete", payment_status: "no_payment_required", amount_total: 500 } as const;
    expect(readNews(later)).toMatchObject({ sessionStatus: "processing" });
  });

  const paid = { status: "complete", payment_status: "paid" } as const;

  it.each<[string, Session, { amount: number; currency: string }]>([
    ["the total after discounts", { amount_total: 750 }, { amount: 750, currency: "eur" }],
    [
      "a currency without minor units",
      { amount_total: 500, currency: "jpy" },
      { amount: 500, currency: "jpy" },
    ],
    [
      "a currency of three decimals",
      { amount_total: 5_000, currency: "kwd" },
      { amount: 5_000, currency: "kwd" },
    ],
  ])("takes as paid %s", (_name, session, expected) => {
    expect(readNews({ ...paid, payment_intent, ...session }).payment?.facts.paid).toEqual({
      ...expected,
      at: at(60),
    });
  });

  it("dates a payment by its charge where that is known", () => {
    const latest_charge = buildCharge({ created: toSeconds(at(40)) });
    const news = readNews({ ...paid, payment_intent: buildPaymentIntent({ latest_charge }) });
    expect(news.payment?.facts.paid?.at).toEqual(at(40));
  });

  const references: [string, Session, string][] = [
    ["the invoice", { mode: "subscription", subscription: "sub_1", invoice: "in_1" }, "in_1"],
    ["the invoice before the intent", { invoice: "in_1", payment_intent }, "in_1"],
    ["the intent", { payment_intent }, "pi_1"],
    ["the expanded intent", { payment_intent: buildPaymentIntent() }, "pi_1"],
    ["the session where nothing was due", { payment_status: "no_payment_required" }, "cs_test_1"],
  ];

  it.each(references)("knows a payment by %s", (_name, session, key) => {
    expect(readNews({ ...paid, ...session }).paymentKey).toBe(key);
  });

  it("knows one payment by the same key, whether pending, failed or paid", () => {
    const complete = { status: "complete", payment_intent } as const;
    const keys = [
      readNews({ ...complete, payment_status: "unpaid" }),
      readNews({ ...complete, payment_status: "unpaid" }, "async_payment_failed"),
      readNews({ ...complete, payment_status: "paid" }),
      readNews({ ...complete, payment_status: "paid", payment_intent: buildPaymentIntent() }),
    ].map(({ payment }) => payment?.key);
    expect(new Set(keys)).toEqual(new Set(["pi_1"]));
  });

  it("remembers every id it is given, expanded or not, and no other", () => {
    const charge = buildCharge({ id: "ch_9" });
    const expandedIntent = buildPaymentIntent({ latest_charge: charge });
    expect(readNews({ ...paid, payment_intent: expandedIntent }).payment?.providerData).toEqual({
      paymentIntentId: "pi_1",
      chargeId: "ch_9",
      customerId: "cus_1",
    });
  });

  it("leaves the payment of a recurring subscription to its invoice", () => {
    const subscription = { mode: "subscription", subscription: "sub_1", invoice: "in_1" } as const;
    const news = readNews({ ...paid, ...subscription, customer: null });
    expect(news).toMatchObject({
      paymentKey: "in_1",
      checkout: { providerData: { subscriptionId: "sub_1" } },
    });
    expect(news.payment).toBeUndefined();
  });

  it("brings neither refunds nor disputes from a session", () => {
    expect(readNews({ ...paid, payment_intent }).payment?.facts).toMatchObject(noFacts);
  });
});

describe("toCheckout", () => {
  it("takes what a session document needs", () => {
    expect(toCheckout(buildStripeSession())).toEqual({
      sessionId: "cs_test_1",
      subtotal: 1_000,
      mode: "payment",
      amount: 1_000,
      currency: "eur",
      url: "https://checkout.stripe.com/c/pay/cs_test_1",
      successUrl: "https://app.example/payment-success?session_id={CHECKOUT_SESSION_ID}",
      cancelUrl: "https://app.example/payment-canceled",
      expiresAt: at(86_400),
      providerData: { customerId: "cus_1" },
    });
  });

  it("stands up to what Stripe leaves out", () => {
    const bare = { amount_total: null, currency: null, url: null, success_url: null, cancel_url: null };
    expect(toCheckout(buildStripeSession({ ...bare, customer: null }))).toMatchObject({
      amount: 0,
      currency: undefined,
      url: null,
      successUrl: "",
      cancelUrl: "",
      providerData: {},
    });
  });

  it.each([
    ["subscription", "subscription"],
    ["payment", "payment"],
    ["setup", "payment"],
  ] as const)("of mode %s is a %s", (mode, expected) => {
    expect(toCheckout(buildStripeSession({ mode })).mode).toBe(expected);
  });
});

describe("toDate", () => {
  it("counts in seconds", () => {
    expect(toDate(1_893_456_000)).toEqual(new Date("2030-01-01T00:00:00Z"));
  });
});
