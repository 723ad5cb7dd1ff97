import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { buy, buyByBank, eventsSince, eventTypesSince, lastEventId } from "../testing/payments.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

/** Disputes the payment and reads the dispute back through the API. */
async function dispute(intentId: string, body: object = {}): Promise<Stripe.Dispute> {
  const { status } = await kit.control(`payment_intents/${intentId}/dispute`, body);
  expect(status).toBe(200);
  const { data } = await kit.stripe.disputes.list({ payment_intent: intentId, limit: 1 });
  const [found] = data;
  if (found === undefined) throw new Error("Expected a dispute");
  return found;
}

async function close(id: string, outcome: string): Promise<{ status: number; json: unknown }> {
  return kit.control(`disputes/${id}/close`, { outcome });
}

describe("a chargeback", () => {
  it("withdraws the money and marks the charge", async () => {
    const { intentId, chargeId } = await buy(kit);
    const before = await lastEventId(kit);
    const opened = await dispute(intentId);
    expect(opened).toMatchObject({
      id: expect.stringMatching(/^du_\w{24}$/),
      object: "dispute",
      amount: 1000,
      currency: "usd",
      charge: chargeId,
      payment_intent: intentId,
      reason: "fraudulent",
      status: "needs_response",
      is_charge_refundable: false,
      balance_transactions: [{ amount: -1000, net: -2500, reporting_category: "dispute" }],
      payment_method_details: { type: "card", card: { brand: "visa", case_type: "chargeback" } },
    });
    expect((await kit.stripe.charges.retrieve(chargeId)).disputed).toBe(true);
    expect(await eventsSince(kit, before)).toMatchObject([
      { type: "charge.dispute.created", data: { object: { balance_transactions: [] } } },
      { type: "charge.dispute.funds_withdrawn", data: { object: { id: opened.id } } },
    ]);
  });

  it("that is won reinstates the money", async () => {
    const { intentId } = await buy(kit);
    const { id } = await dispute(intentId, { reason: "product_not_received" });
    const before = await lastEventId(kit);
    expect(await close(id, "won")).toMatchObject({
      status: 200,
      json: { status: "won", reason: "product_not_received", is_charge_refundable: true },
    });
    expect(await eventsSince(kit, before)).toMatchObject([
      { type: "charge.dispute.closed", data: { previous_attributes: { status: "needs_response" } } },
      {
        type: "charge.dispute.funds_reinstated",
        data: { object: { balance_transactions: [{ amount: -1000 }, { amount: 1000 }] } },
      },
    ]);
    expect(await kit.stripe.refunds.create({ payment_intent: intentId })).toMatchObject({ amount: 1000 });
  });

  it("that is lost keeps the money, and its charge cannot be refunded", async () => {
    const { intentId, chargeId } = await buy(kit);
    const { id } = await dispute(intentId);
    const before = await lastEventId(kit);
    expect(await close(id, "lost")).toMatchObject({ json: { status: "lost" } });
    expect(await eventTypesSince(kit, before)).toStrictEqual(["charge.dispute.closed"]);
    expect(await errorOf(kit.stripe.refunds.create({ charge: chargeId }))).toMatchObject({
      statusCode: 400,
      code: "charge_disputed",
    });
    expect((await close(id, "won")).status).toBe(409);
    expect((await kit.stripe.charges.retrieve(chargeId)).disputed).toBe(true);
  });

  it("takes the part that was not refunded, or what it is told", async () => {
    const one = await buy(kit);
    await kit.stripe.refunds.create({ payment_intent: one.intentId, amount: 300 });
    expect(await dispute(one.intentId)).toMatchObject({ amount: 700 });
    const two = await buy(kit);
    expect(await dispute(two.intentId, { amount: 250 })).toMatchObject({ amount: 250 });
  });

  it("withdraws nothing from a charge that was refunded in full", async () => {
    const { intentId } = await buy(kit);
    await kit.stripe.refunds.create({ payment_intent: intentId });
    const before = await lastEventId(kit);
    const { id } = await dispute(intentId);
    await close(id, "won");
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "charge.dispute.created",
      "charge.dispute.closed",
    ]);
  });

  it("is refused while another is open, for a foreign amount and for what was not paid", async () => {
    const { intentId } = await buy(kit);
    await dispute(intentId);
    const path = `payment_intents/${intentId}/dispute`;
    expect((await kit.control(path, {})).status).toBe(409);
    const pending = await buy(kit, { pay: { method: "bank_debit" } });
    expect((await kit.control(`payment_intents/${pending.intentId}/dispute`, {})).status).toBe(400);
    const other = await buy(kit);
    const otherPath = `payment_intents/${other.intentId}/dispute`;
    for (const body of [{ amount: 1001 }, { amount: 0 }, { reason: "mood" }, { inquiry: "yes" }]) {
      expect((await kit.control(otherPath, body)).status).toBe(400);
    }
  });
});

/** https://docs.stripe.com/disputes/get-started/prevention and the status `prevented` of a dispute. */
describe("a dispute that is prevented", () => {
  it("takes its amount without a fee, and is over", async () => {
    const { intentId, chargeId } = await buy(kit);
    const before = await lastEventId(kit);
    const { id, ...opened } = await dispute(intentId, { prevented: true, amount: 400 });
    expect(opened).toMatchObject({ status: "prevented", balance_transactions: [{ amount: -400, fee: 0 }] });
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "charge.dispute.created",
      "charge.dispute.funds_withdrawn",
    ]);
    expect((await close(id, "won")).status).toBe(409);
    expect((await kit.stripe.charges.retrieve(chargeId)).amount_refunded).toBe(0);
  });

  it("may take nothing", async () => {
    const { intentId } = await buy(kit);
    expect(await dispute(intentId, { prevented: true, withdrawn: 0 })).toMatchObject({
      status: "prevented",
      balance_transactions: [],
    });
  });
});

describe("a dispute in another currency", () => {
  it("takes what it is told from the balance, beside which the charge can be laid", async () => {
    const { intentId } = await buy(kit);
    const { id } = await dispute(intentId, { currency: "jpy", amount: 1_560, withdrawn: 1_020 });
    await close(id, "won");
    const { data } = await kit.stripe.disputes.list({
      payment_intent: intentId,
      expand: ["data.charge.balance_transaction"],
    });
    expect(data).toMatchObject([
      {
        amount: 1_560,
        currency: "jpy",
        balance_transactions: [
          { amount: -1_020, currency: "usd" },
          { amount: 1_020, currency: "usd" },
        ],
        charge: { amount: 1_000, balance_transaction: { amount: 1_000, currency: "usd", type: "charge" } },
      },
    ]);
  });

  it("is refused for an inquiry, which moves no money, and for less than nothing", async () => {
    const { intentId } = await buy(kit);
    const path = `payment_intents/${intentId}/dispute`;
    for (const body of [
      { currency: "jpy", inquiry: true },
      { prevented: true, inquiry: true },
      { withdrawn: -1 },
    ])
      expect((await kit.control(path, body)).status).toBe(400);
  });
});

describe("an inquiry", () => {
  it("withdraws nothing and is closed", async () => {
    const { intentId, chargeId } = await buy(kit);
    const before = await lastEventId(kit);
    const { id, ...opened } = await dispute(intentId, { inquiry: true });
    expect(opened).toMatchObject({ status: "warning_needs_response", is_charge_refundable: true });
    expect((await close(id, "lost")).status).toBe(409);
    expect(await close(id, "warning_closed")).toMatchObject({ json: { status: "warning_closed" } });
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "charge.dispute.created",
      "charge.dispute.closed",
    ]);
    expect(await kit.stripe.refunds.create({ charge: chargeId })).toMatchObject({ amount: 1000 });
  });

  it("becomes a chargeback", async () => {
    const { intentId } = await buy(kit);
    const { id } = await dispute(intentId, { inquiry: true });
    const before = await lastEventId(kit);
    expect(await kit.control(`disputes/${id}/escalate`, {})).toMatchObject({
      json: { id, status: "needs_response", is_charge_refundable: false },
    });
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "charge.dispute.updated",
      "charge.dispute.funds_withdrawn",
    ]);
    expect((await kit.control(`disputes/${id}/escalate`, {})).status).toBe(409);
    expect(await close(id, "lost")).toMatchObject({ status: 200 });
  });
});

describe("the disputes API", () => {
  it("lists by charge, by payment intent and all of them", async () => {
    const [one, two] = [await buy(kit), await buy(kit)];
    const first = await dispute(one.intentId);
    const second = await dispute(two.intentId);
    const idsOf = async (params: Stripe.DisputeListParams) =>
      (await kit.stripe.disputes.list(params)).data.map(({ id }) => id);
    expect(await idsOf({})).toStrictEqual([second.id, first.id]);
    expect(await idsOf({ charge: one.chargeId })).toStrictEqual([first.id]);
    expect(
      await kit.stripe.disputes.retrieve(first.id, { expand: ["charge", "payment_intent"] }),
    ).toMatchObject({
      charge: { id: one.chargeId, disputed: true },
      payment_intent: { id: one.intentId },
    });
    expect(await errorOf(kit.stripe.disputes.retrieve("du_no"))).toMatchObject({ statusCode: 404 });
  });

  it("takes evidence and metadata, and Stripe's magic text ends the dispute", async () => {
    const { intentId } = await buy(kit);
    const { id } = await dispute(intentId);
    const before = await lastEventId(kit);
    const staged = await kit.stripe.disputes.update(id, {
      evidence: { product_description: "Credits" },
      submit: false,
      metadata: { case: "7" },
    });
    expect(staged).toMatchObject({ status: "needs_response", evidence_details: { has_evidence: true } });
    expect(
      await kit.stripe.disputes.update(id, { evidence: { uncategorized_text: "winning_evidence" } }),
    ).toMatchObject({ status: "won", metadata: { case: "7" } });
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "charge.dispute.updated",
      "charge.dispute.updated",
      "charge.dispute.closed",
      "charge.dispute.funds_reinstated",
    ]);
    expect(await errorOf(kit.stripe.disputes.update(id, { evidence: { customer_name: "A" } }))).toMatchObject(
      {
        code: "dispute_already_closed",
      },
    );
  });

  it("gives up a dispute, once", async () => {
    const { intentId } = await buy(kit);
    const { id } = await dispute(intentId);
    expect(await kit.stripe.disputes.close(id)).toMatchObject({ status: "lost" });
    expect(await errorOf(kit.stripe.disputes.close(id))).toMatchObject({ statusCode: 400 });
  });
});

describe("test cards whose bank acts by itself", () => {
  it.each([
    ["4000000000000259", "needs_response", "fraudulent"],
    ["4000000000002685", "needs_response", "product_not_received"],
    ["4000000000001976", "warning_needs_response", "fraudulent"],
  ])("dispute as soon as they have paid: %s", async (card, status, reason) => {
    const { intentId, chargeId } = await buy(kit, { pay: { card } });
    const { data } = await kit.stripe.disputes.list({ payment_intent: intentId });
    expect(data).toMatchObject([{ status, reason, charge: chargeId, amount: 1000 }]);
  });

  it("warn of fraud", async () => {
    const { chargeId } = await buy(kit, { pay: { card: "4000000000005423" } });
    const { data } = await kit.stripe.radar.earlyFraudWarnings.list({ charge: chargeId });
    expect(data).toMatchObject([{ actionable: true }]);
  });
});

describe("an early fraud warning", () => {
  it("is actionable until its charge is refunded or disputed", async () => {
    const { session, intentId, chargeId } = await buy(kit);
    const before = await lastEventId(kit);
    const warned = await kit.control(`payment_intents/${intentId}/fraud_warning`, {});
    expect(warned).toMatchObject({
      status: 200,
      json: {
        id: expect.stringMatching(/^issfr_/),
        object: "radar.early_fraud_warning",
        actionable: true,
        charge: chargeId,
        payment_intent: intentId,
        fraud_type: "unauthorized_use_of_card",
      },
    });
    await kit.stripe.refunds.create({ payment_intent: intentId, amount: 1 });
    const { data } = await kit.stripe.radar.earlyFraudWarnings.list({ charge: chargeId });
    expect(data).toMatchObject([{ actionable: true }]);
    await kit.stripe.refunds.create({ payment_intent: intentId });
    expect(await kit.stripe.radar.earlyFraudWarnings.retrieve(data[0]?.id ?? "")).toMatchObject({
      actionable: false,
    });
    const types = (await eventTypesSince(kit, before)).filter((type) => type.startsWith("radar"));
    expect(types).toStrictEqual(["radar.early_fraud_warning.created", "radar.early_fraud_warning.updated"]);
    const { json } = await kit.control(
      `events?type=radar.early_fraud_warning.created&sessionId=${session.id}`,
    );
    expect(json).toMatchObject({ events: [{}] });
  });

  it("comes before a dispute, and for cards only", async () => {
    const { intentId } = await buy(kit);
    const path = `payment_intents/${intentId}/fraud_warning`;
    await kit.control(path, { fraudType: "made_with_stolen_card" });
    const before = await lastEventId(kit);
    await dispute(intentId);
    expect(await eventTypesSince(kit, before)).toStrictEqual([
      "charge.dispute.created",
      "radar.early_fraud_warning.updated",
      "charge.dispute.funds_withdrawn",
    ]);
    expect((await kit.control(path, { fraudType: "mood" })).status).toBe(400);
    const debit = await buyByBank(kit);
    expect((await kit.control(`payment_intents/${debit.intentId}/fraud_warning`, {})).status).toBe(409);
  });
});
