import { Stripe } from "stripe";
import { describe, expect, it } from "vitest";
import { at, issuer, projectId } from "../../../../tests/kit/builders.ts";
import { toSeconds } from "../../../../tests/kit/stripeBuilders.ts";
import { EVENT_TYPES, LISTED_TYPES } from "./events.ts";
import { parseStripeWebhook } from "./webhook.ts";

const secret = "whsec_test";
const now = at(1_000);
const metadata = {
  gatewayProject: projectId,
  userId: "user_1",
  productId: "prod_1",
  priceId: "price_1",
  quantity: "1",
  currency: "usd",
  creditsAmount: "100",
};

const parent = { subscription_details: { metadata } };

/** What an event of that type and object means. */
function readMeaning(type: string, object: object, apiVersion: string = Stripe.API_VERSION): unknown {
  const payload = JSON.stringify({
    id: "evt_1",
    object: "event",
    api_version: apiVersion,
    created: toSeconds(at(990)),
    data: { object },
    livemode: false,
    type,
  });
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: toSeconds(now) });
  const request = { rawBody: Buffer.from(payload), headers: { "stripe-signature": signature } };
  const parsed = parseStripeWebhook(request, { issuer, secrets: [secret], livemode: false, now });
  return parsed.outcome === "ok" ? parsed.value : parsed.failure;
}

describe("an event of another type", () => {
  it.each(["customer.created", "payment_intent.succeeded", "charge.succeeded", "invoice.created"])(
    "is ignored: %s",
    (type) => {
      expect(readMeaning(type, { id: "x" })).toMatchObject({ outcome: "ignored", reason: "unknown_type" });
    },
  );
});

describe("a refund", () => {
  const refund = {
    id: "re_1",
    amount: 300,
    created: toSeconds(at(980)),
    payment_intent: "pi_1",
    metadata: {},
  };

  it.each([
    ["refund.created", "pending", "pending"],
    ["refund.updated", "requires_action", "pending"],
    ["refund.updated", "succeeded", "succeeded"],
    ["refund.failed", "failed", "failed"],
    ["refund.updated", "canceled", "failed"],
    ["refund.updated", "something_new", "pending"],
    ["refund.created", null, "pending"],
  ])("of %s with status %s is a fact: %s", (type, status, state) => {
    const fact = { state, amount: 300, at: at(980) };
    expect(readMeaning(type, { ...refund, status })).toMatchObject({
      outcome: "update",
      update: { key: "pi_1", facts: { refunds: { re_1: fact }, disputes: {} } },
    });
  });

  it("carries the request it was asked for by", () => {
    const asked = { ...refund, status: "succeeded", metadata: { gatewayRequestId: "req_1" } };
    expect(readMeaning("refund.created", asked)).toMatchObject({
      update: { facts: { refunds: { re_1: { requestId: "req_1" } } } },
    });
  });

  it("without a payment intent is not of a checkout", () => {
    expect(readMeaning("refund.created", { ...refund, payment_intent: null })).toMatchObject({
      outcome: "ignored",
      reason: "foreign",
    });
  });

  it("of another API release, or of a charge as a whole, makes the payment be read again", () => {
    const again = { outcome: "refetch", subject: { paymentKey: "pi_1" } };
    expect(readMeaning("refund.created", refund, "2020-08-27")).toMatchObject(again);
    expect(
      readMeaning("charge.refunded", { id: "ch_1", payment_intent: "pi_1", amount_refunded: 200 }),
    ).toMatchObject({
      outcome: "refetch",
      subject: { paymentKey: "pi_1", refunded: 200 },
    });
  });
});

function move(amount: number, currency = "usd"): object {
  return { amount, currency };
}

describe("a dispute", () => {
  const disputed = { id: "dp_1", amount: 500, currency: "usd", created: 1, payment_intent: "pi_1" };

  it.each([
    ["warning_needs_response", "warning"],
    ["warning_under_review", "warning"],
    ["needs_response", "open"],
    ["under_review", "open"],
    ["appeal_needs_response", "open"],
    ["won", "won"],
    ["lost", "lost"],
    ["something_new", "open"],
  ])("with status %s is a fact of its event's time: %s", (status, state) => {
    const dispute = { ...disputed, status, balance_transactions: [move(-500)] };
    expect(readMeaning("charge.dispute.updated", dispute)).toMatchObject({
      update: {
        key: "pi_1",
        currency: "usd",
        facts: { disputes: { dp_1: { state, amount: 500, at: at(990) } } },
      },
    });
  });

  it.each<[string, string, object[], string, number]>([
    ["prevented and took its amount", "prevented", [move(-500)], "lost", 500],
    ["prevented and took nothing", "prevented", [], "won", 500],
    ["lost after a full refund", "lost", [], "lost", 0],
    ["lost of a part", "lost", [move(-200)], "lost", 200],
    ["won, and its money is on the way back", "won", [move(-500)], "won", 500],
    ["won, and its money is back", "won", [move(-500), move(500)], "won", 500],
    ["won of a part only", "won", [move(-500), move(300)], "lost", 200],
    ["an inquiry that came to nothing", "warning_closed", [], "warning_closed", 500],
    ["an inquiry that took money", "warning_closed", [move(-500)], "lost", 500],
    ["lost in the balance's currency", "lost", [move(-460, "eur")], "lost", 500],
    [
      "won in the balance's currency, at another rate",
      "won",
      [move(-460, "eur"), move(455, "eur")],
      "won",
      500,
    ],
  ])("that was %s counts by its money", (_name, status, moved, state, amount) => {
    const dispute = { ...disputed, status, balance_transactions: moved };
    expect(readMeaning("charge.dispute.closed", dispute)).toMatchObject({
      update: { facts: { disputes: { dp_1: { state, amount } } } },
    });
  });

  it("of another API version is read again", () => {
    const { balance_transactions: _unknown, ...old } = {
      ...disputed,
      status: "lost",
      balance_transactions: [],
    };
    expect(readMeaning("charge.dispute.closed", old, "2014-08-04")).toMatchObject({
      outcome: "refetch",
      subject: { paymentKey: "pi_1" },
    });
  });

  it.each([
    [true, "warning"],
    [false, "warning_closed"],
  ])("that is only warned of, actionable %s, is a fact: %s", (actionable, state) => {
    const warning = { id: "issfr_1", actionable, payment_intent: "pi_1" };
    expect(readMeaning("radar.early_fraud_warning.updated", warning)).toMatchObject({
      update: { facts: { disputes: { issfr_1: { state, amount: 0 } } } },
    });
  });
});

describe("a credit note", () => {
  const note = {
    id: "cn_1",
    created: toSeconds(at(980)),
    voided_at: null,
    invoice: "in_1",
    status: "issued",
    pre_payment_amount: 0,
    post_payment_amount: 500,
    refunds: [],
  };
  const linked = { amount_refunded: 200, refund: "re_1", type: "refund" };
  const elsewhere = { ...linked, refund: null, type: "payment_record_refund" };

  it.each<[string, object, object]>([
    ["after payment", {}, { postPayment: 500 }],
    ["that refunds a part", { refunds: [linked] }, { postPayment: 300 }],
    [
      "that refunds all of it",
      { refunds: [linked, { ...linked, amount_refunded: 300 }] },
      { postPayment: 0 },
    ],
    ["that was refunded elsewhere", { refunds: [elsewhere] }, { postPayment: 500 }],
    [
      "before payment",
      { pre_payment_amount: 700, post_payment_amount: 0 },
      { prePayment: 700, postPayment: 0 },
    ],
    ["of a new status", { status: "something_new" }, { postPayment: 500 }],
    ["that is void", { status: "void", voided_at: toSeconds(at(985)) }, { state: "void", at: at(985) }],
  ])("%s is a fact of its invoice", (_name, overrides, fact) => {
    const issued = { state: "issued", prePayment: 0, postPayment: 500, at: at(980) };
    for (const type of ["credit_note.created", "credit_note.updated", "credit_note.voided"]) {
      expect(readMeaning(type, { ...note, ...overrides })).toMatchObject({
        outcome: "update",
        update: { key: "in_1", facts: { creditNotes: { cn_1: { ...issued, ...fact } }, refunds: {} } },
      });
    }
  });

  it("of another API release makes its invoice be read again", () => {
    expect(readMeaning("credit_note.created", note, "2024-09-30.acacia")).toMatchObject({
      outcome: "refetch",
      subject: { invoiceId: "in_1" },
    });
  });

  it("without an invoice is not ours", () => {
    expect(readMeaning("credit_note.created", { ...note, invoice: null })).toMatchObject({
      outcome: "ignored",
      reason: "foreign",
    });
  });
});

describe("a product, a price, a subscription, an invoice", () => {
  it.each([
    [
      "product.updated",
      { id: "prod_1", metadata: {} },
      { outcome: "product", productId: "prod_1", saysWorth: false },
    ],
    [
      "price.updated",
      { id: "price_1", product: "prod_1", metadata: { creditsAmount: "many" } },
      { outcome: "product", productId: "prod_1", saysWorth: true },
    ],
    ["price.updated", { id: "price_1", metadata: {} }, { outcome: "unreadable" }],
    [
      "customer.subscription.updated",
      { id: "sub_1", metadata },
      { outcome: "subscription", subscriptionId: "sub_1" },
    ],
    [
      "customer.subscription.updated",
      { id: "sub_1", metadata: {} },
      { outcome: "ignored", reason: "foreign" },
    ],
    [
      "invoice.paid",
      { id: "in_1", parent, lines: { data: [], has_more: true } },
      { outcome: "refetch", subject: { invoiceId: "in_1" } },
    ],
    [
      "invoice.paid",
      { id: "in_1", parent, lines: { data: [], has_more: false }, pre_payment_credit_notes_amount: 100 },
      { outcome: "refetch", subject: { invoiceId: "in_1" } },
    ],
    [
      "invoice.paid",
      { id: "in_1", lines: { data: [], has_more: true }, pre_payment_credit_notes_amount: 100 },
      { outcome: "ignored", reason: "foreign" },
    ],
    [
      "invoice.paid",
      { id: "in_1", lines: { data: [], has_more: false }, parent: null },
      { outcome: "ignored", reason: "foreign" },
    ],
  ])("%s of %j means %j", (type, object, meaning) => {
    expect(readMeaning(type, object)).toMatchObject(meaning);
  });

  it.each([
    [
      "with another field for its subscription",
      { subscription_details: { metadata: { gatewayProject: projectId } } },
      true,
    ],
    ["of somebody else's subscription", { subscription_details: { metadata: {} } }, false],
    [
      "whose lines alone say whose it is",
      { lines: { data: [{ metadata: { gatewayProject: projectId } }] } },
      true,
    ],
    ["whose lines say that it is somebody else's", { lines: { data: [{ metadata: {} }] } }, false],
    ["that says nothing at all", { lines: { data: [], has_more: false } }, true],
  ])("of an invoice of an older release, %s", (_name, overrides, isRead) => {
    const invoice = { id: "in_1", subscription: "sub_1", ...overrides };
    expect(readMeaning("invoice.paid", invoice, "2020-08-27")).toMatchObject(
      isRead
        ? { outcome: "refetch", subject: { invoiceId: "in_1" } }
        : { outcome: "ignored", reason: "foreign" },
    );
  });
});

describe("LISTED_TYPES", () => {
  it("are all that are read, at most 20 a list, and first those that bring payments", () => {
    expect(LISTED_TYPES.flat().toSorted()).toEqual(EVENT_TYPES.toSorted());
    expect(LISTED_TYPES.filter((types) => types.length > 20)).toEqual([]);
    const [first] = LISTED_TYPES;
    expect(first).toContain("checkout.session.completed");
    expect(first).toContain("invoice.paid");
    expect(first).not.toContain("refund.created");
  });
});
