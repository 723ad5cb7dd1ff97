import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { buy, buyByBank, eventsSince, eventTypesSince, lastEventId } from "../testing/payments.ts";

const DAY = 24 * 60 * 60;

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

async function refund(params: Stripe.RefundCreateParams): Promise<Stripe.Refund> {
  return kit.stripe.refunds.create(params);
}

async function charge(id: string): Promise<Stripe.Charge> {
  return kit.stripe.charges.retrieve(id, { expand: ["refunds"] });
}

describe("refunding a card", () => {
  it("gives back everything that is left", async () => {
    const { intentId, chargeId } = await buy(kit);
    expect(await refund({ payment_intent: intentId, metadata: { order: "1" } })).toMatchObject({
      id: expect.stringMatching(/^re_\w{24}$/),
      object: "refund",
      amount: 1000,
      currency: "usd",
      status: "succeeded",
      charge: chargeId,
      payment_intent: intentId,
      metadata: { order: "1" },
      reason: null,
      destination_details: { type: "card", card: { type: "refund" } },
    });
    expect(await charge(chargeId)).toMatchObject({
      amount: 1000,
      amount_refunded: 1000,
      refunded: true,
      status: "succeeded",
      refunds: { data: [{ amount: 1000 }] },
    });
  });

  it("emits its events in the order of the facts, with what changed", async () => {
    const { intentId, chargeId } = await buy(kit);
    const before = await lastEventId(kit);
    const { id } = await refund({ payment_intent: intentId, amount: 300 });
    const events = await eventsSince(kit, before);
    expect(events).toMatchObject([
      { type: "refund.created", data: { object: { id, amount: 300 } }, request: { id: expect.any(String) } },
      {
        type: "charge.refunded",
        data: {
          object: { id: chargeId, amount_refunded: 300, refunded: false },
          previous_attributes: { amount_refunded: 0 },
        },
      },
      { type: "refund.updated", data: { object: { id } } },
      { type: "charge.refund.updated", data: { object: { id } } },
    ]);
  });

  it("carries the metadata of the session's payment on payment intent and charge", async () => {
    const session = { payment_intent_data: { metadata: { uid: "u1" } } };
    const { intentId } = await buy(kit, { session });
    const { id } = await refund({ payment_intent: intentId });
    expect(await kit.stripe.refunds.retrieve(id, { expand: ["charge", "payment_intent"] })).toMatchObject({
      charge: { metadata: { uid: "u1" } },
      payment_intent: { metadata: { uid: "u1" } },
      metadata: {},
    });
  });

  it("takes parts until nothing is left", async () => {
    const { intentId, chargeId } = await buy(kit);
    await refund({ payment_intent: intentId, amount: 300 });
    await refund({ charge: chargeId, amount: 200, reason: "duplicate" });
    expect(await charge(chargeId)).toMatchObject({ amount_refunded: 500, refunded: false });
    expect(await errorOf(refund({ charge: chargeId, amount: 501 }))).toMatchObject({
      statusCode: 400,
      message: "Refund amount ($5.01) is greater than unrefunded amount on charge ($5.00)",
      param: "amount",
    });
    expect(await refund({ charge: chargeId })).toMatchObject({ amount: 500 });
    expect(await charge(chargeId)).toMatchObject({ amount_refunded: 1000, refunded: true });
    expect(await errorOf(refund({ payment_intent: intentId }))).toMatchObject({
      statusCode: 400,
      code: "charge_already_refunded",
      message: `Charge ${chargeId} has already been refunded.`,
    });
  });

  it("refunds once for one idempotency key", async () => {
    const { intentId } = await buy(kit);
    const twice = async () =>
      kit.stripe.refunds.create({ payment_intent: intentId, amount: 100 }, { idempotencyKey: "refund-1" });
    expect((await twice()).id).toBe((await twice()).id);
    expect((await kit.stripe.refunds.list({ payment_intent: intentId })).data).toHaveLength(1);
  });

  it("marks a fraudulent charge as reported", async () => {
    const { intentId, chargeId } = await buy(kit);
    await refund({ payment_intent: intentId, reason: "fraudulent" });
    expect(await charge(chargeId)).toMatchObject({ fraud_details: { user_report: "fraudulent" } });
  });

  it("refuses what it cannot give back", async () => {
    const { intentId, chargeId } = await buy(kit);
    const other = await buy(kit);
    const pending = await buy(kit, { pay: { method: "bank_debit" } });
    expect(await errorOf(refund({}))).toMatchObject({ code: "parameter_missing" });
    expect(await errorOf(refund({ payment_intent: intentId, amount: 0 }))).toMatchObject({ param: "amount" });
    expect(await errorOf(refund({ charge: chargeId, amount: 1001 }))).toMatchObject({
      message: "Refund amount ($10.01) is greater than charge amount ($10.00)",
    });
    expect(await errorOf(refund({ charge: "ch_no" }))).toMatchObject({
      statusCode: 400,
      code: "resource_missing",
      param: "charge",
    });
    expect(await errorOf(refund({ payment_intent: intentId, charge: other.chargeId }))).toMatchObject({
      param: "charge",
    });
    expect((await errorOf(refund({ payment_intent: pending.intentId }))).message).toContain(
      "does not have a successful charge to refund",
    );
    expect(await errorOf(refund({ charge: pending.chargeId }))).toMatchObject({
      code: "charge_not_refundable",
    });
    expect(await errorOf(refund({ payment_intent: intentId, reverse_transfer: true }))).toMatchObject({
      code: "parameter_unknown",
    });
    expect((await charge(chargeId)).amount_refunded).toBe(0);
  });
});

describe("reading and changing refunds", () => {
  it("lists by charge, by payment intent and all of them", async () => {
    const [one, two] = [await buy(kit), await buy(kit)];
    const first = await refund({ charge: one.chargeId, amount: 100 });
    const second = await refund({ charge: two.chargeId });
    const third = await refund({ charge: one.chargeId, amount: 200 });
    const idsOf = async (params: Stripe.RefundListParams) =>
      (await kit.stripe.refunds.list(params)).data.map(({ id }) => id);
    expect(await idsOf({})).toStrictEqual([third.id, second.id, first.id]);
    expect(await idsOf({ charge: one.chargeId })).toStrictEqual([third.id, first.id]);
    expect(await idsOf({ payment_intent: two.intentId })).toStrictEqual([second.id]);
    expect(await idsOf({ charge: one.chargeId, payment_intent: two.intentId })).toStrictEqual([]);
  });

  it("updates metadata and nothing else", async () => {
    const { intentId } = await buy(kit);
    const { id } = await refund({ payment_intent: intentId });
    const before = await lastEventId(kit);
    expect(await kit.stripe.refunds.update(id, { metadata: { note: "late" } })).toMatchObject({
      metadata: { note: "late" },
    });
    expect(await eventTypesSince(kit, before)).toStrictEqual(["refund.updated", "charge.refund.updated"]);
    expect(await errorOf(kit.stripe.refunds.retrieve("re_no"))).toMatchObject({
      statusCode: 404,
      code: "resource_missing",
    });
  });

  it("cancels none, as none waits for its buyer to act", async () => {
    const { intentId } = await buyByBank(kit);
    const { id } = await refund({ payment_intent: intentId });
    expect((await errorOf(kit.stripe.refunds.cancel(id))).message).toContain("requires_action");
  });
});

describe("a bank debit's refund", () => {
  it("is pending until the bank is done", async () => {
    const { intentId, chargeId } = await buyByBank(kit);
    const before = await lastEventId(kit);
    const { id } = await refund({ payment_intent: intentId });
    expect(await kit.stripe.refunds.retrieve(id)).toMatchObject({
      id: expect.stringMatching(/^pyr_/),
      status: "pending",
      pending_reason: "processing",
      destination_details: { type: "us_bank_transfer" },
    });
    expect(await charge(chargeId)).toMatchObject({ amount_refunded: 1000, refunded: true });
    expect(await eventTypesSince(kit, before)).toStrictEqual(["refund.created", "charge.refunded"]);
    await kit.control("clock", { advanceSeconds: 5 * DAY });
    const settled = await kit.stripe.refunds.retrieve(id);
    expect([settled.status, settled.pending_reason]).toStrictEqual(["succeeded", undefined]);
    expect((await eventsSince(kit, before)).slice(2)).toMatchObject([
      { type: "refund.updated", data: { previous_attributes: { status: "pending" } } },
      { type: "charge.refund.updated" },
    ]);
  });

  it("succeeds early when the control API says so", async () => {
    const { intentId } = await buyByBank(kit);
    const { id } = await refund({ payment_intent: intentId });
    expect(await kit.control(`refunds/${id}/succeed`, {})).toMatchObject({
      status: 200,
      json: { status: "succeeded" },
    });
    expect((await kit.control(`refunds/${id}/succeed`, {})).status).toBe(409);
    const before = await lastEventId(kit);
    await kit.control("clock", { advanceSeconds: 6 * DAY });
    expect(await eventTypesSince(kit, before)).toStrictEqual([]);
  });
});

describe("a refund that fails", () => {
  it("returns the money to its charge, which can be refunded again", async () => {
    const { intentId, chargeId } = await buy(kit);
    await refund({ payment_intent: intentId, amount: 400 });
    const { id } = await refund({ payment_intent: intentId });
    const before = await lastEventId(kit);
    expect(await kit.control(`refunds/${id}/fail`, { reason: "lost_or_stolen_card" })).toMatchObject({
      status: 200,
      json: { status: "failed", failure_reason: "lost_or_stolen_card", amount: 600 },
    });
    expect(await charge(chargeId)).toMatchObject({ amount_refunded: 400, refunded: false });
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "refund.updated",
      "refund.failed",
      "charge.refund.updated",
    ]);
    expect((await kit.control(`refunds/${id}/fail`, {})).status).toBe(409);
    expect(await refund({ payment_intent: intentId })).toMatchObject({ amount: 600 });
  });

  it("may be pending or unknown", async () => {
    const { intentId } = await buyByBank(kit);
    const { id } = await refund({ payment_intent: intentId });
    expect(await kit.control(`refunds/${id}/fail`, {})).toMatchObject({
      json: { status: "failed", failure_reason: "declined" },
    });
    await kit.control("clock", { advanceSeconds: 6 * DAY });
    expect((await kit.stripe.refunds.retrieve(id)).status).toBe("failed");
    expect((await kit.control("refunds/re_no/fail", {})).status).toBe(404);
    expect((await kit.control(`refunds/${id}/fail`, { reason: "mood" })).status).toBe(400);
  });
});

describe("test cards with refunds of their own", () => {
  it("succeed later", async () => {
    const { intentId } = await buy(kit, { pay: { card: "4000000000007726" } });
    const { id, ...created } = await refund({ payment_intent: intentId });
    expect(created).toMatchObject({ status: "pending", destination_details: { type: "card" } });
    await kit.control("clock", { advanceSeconds: 5 * DAY });
    expect((await kit.stripe.refunds.retrieve(id)).status).toBe("succeeded");
  });

  it("fail after they seemed to have succeeded", async () => {
    const { intentId, chargeId } = await buy(kit, { pay: { card: "4000000000005126" } });
    const { id, status } = await refund({ payment_intent: intentId });
    expect(status).toBe("succeeded");
    await kit.control("clock", { advanceSeconds: 60 * 60 });
    expect(await kit.stripe.refunds.retrieve(id)).toMatchObject({ status: "failed" });
    expect((await charge(chargeId)).amount_refunded).toBe(0);
  });
});

describe("refunding as from the dashboard", () => {
  it("gives back a part or the rest", async () => {
    const { session, intentId, chargeId } = await buy(kit);
    const path = `payment_intents/${intentId}/refund`;
    expect(await kit.control(path, { amount: 250, reason: "duplicate" })).toMatchObject({
      status: 200,
      json: { amount: 250, reason: "duplicate", payment_intent: intentId, charge: chargeId },
    });
    expect(await kit.control(path, {})).toMatchObject({ json: { amount: 750 } });
    expect(await kit.control(path, {})).toMatchObject({
      status: 400,
      json: { error: { code: "charge_already_refunded" } },
    });
    for (const amount of [0, 1.5, "1"]) expect((await kit.control(path, { amount })).status).toBe(400);
    expect((await kit.control(`events?type=refund.created&sessionId=${session.id}`)).json).toMatchObject({
      events: [{ request: { id: null } }, { data: { object: { amount: 750 } } }],
    });
  });
});
