import { FieldValue } from "@google-cloud/firestore";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { act, gatewayAdminInput } from "../../functions/src/admin/actions.ts";
import { PaymentAdapterFactory } from "../../functions/src/adapters/factory.ts";
import type { RevokeTestPaymentsResult } from "../../functions/src/contract/admin.ts";
import { startLocalStripe } from "../../local/stripe/index.ts";
import { logReports } from "../../functions/src/platform/log.ts";
import { buildStripeAdapter } from "../kit/stripe.ts";
import { MoneyShop, type Plan } from "./shop.ts";

const LIVE_KEY = "sk_live_of_local_stripe";

/**
 * Rule 30: payments say whether they were `livemode`, and what was bought with test keys is taken back before going live.
 * What says it is the provider's own object: https://docs.stripe.com/api/checkout/sessions/object#checkout_session_object-livemode
 * and https://docs.stripe.com/api/invoices/object#invoice_object-livemode
 */
describe("rule 30", () => {
  let shop: MoneyShop;
  let pack: Plan;
  let plan: Plan;

  async function openShop(apiKey?: string): Promise<void> {
    shop = await MoneyShop.open(apiKey === undefined ? {} : { apiKey });
    pack = await shop.sellOnce({ credits: 100, unitAmount: 500, metadata: { subscriptionDays: "30" } });
    plan = await shop.sell({ credits: 500, unitAmount: 1_900 });
  }

  beforeEach(async () => await openShop());

  afterEach(async () => await shop.close());

  async function buy(userId: string): Promise<string> {
    const sessionId = await shop.buyOnce(userId, pack);
    await shop.settle();
    const session = await shop.readDocument(`payment_sessions/${sessionId}`);
    return String(session?.["paymentId"]);
  }

  async function revokePage(
    input: object,
    context = shop.history.context,
  ): Promise<RevokeTestPaymentsResult> {
    const wanted = gatewayAdminInput.parse({ action: "revokeTestPayments", reason: "Going live", ...input });
    if (wanted.action !== "revokeTestPayments") throw new Error("Expected the action that was asked for");
    return (await act(context, wanted, { actor: "root", reports: logReports })).result;
  }

  /** Goes through all pages. */
  async function revoke({ dryRun = false, limit = 1 } = {}): Promise<Omit<RevokeTestPaymentsResult, "next">> {
    const all: Omit<RevokeTestPaymentsResult, "next"> = { revoked: [], unknown: [] };
    let cursor: string | null = null;
    do {
      const page: RevokeTestPaymentsResult = await revokePage({
        dryRun,
        limit,
        ...(cursor !== null && { cursor }),
      });
      all.revoked.push(...page.revoked);
      all.unknown.push(...page.unknown);
      cursor = page.next;
    } while (cursor !== null);
    return all;
  }

  async function forgetMode(paymentId: string): Promise<void> {
    await shop.history.db.doc(`payments/${paymentId}`).update({ livemode: FieldValue.delete() });
  }

  it("a payment says that it was made with test keys, of a checkout and of an invoice", async () => {
    const paymentId = await buy("tester");
    const subscriptionId = await shop.subscribe("tester", plan);
    await shop.settle();
    const { id } = await shop.readLatestInvoice(subscriptionId);
    for (const found of [paymentId, `stripe_${id}`])
      expect(await shop.readDocument(`payments/${found}`)).toMatchObject({ livemode: false });
  });

  it("a payment says that it was made with live keys, and is left alone", async () => {
    await shop.close();
    await openShop(LIVE_KEY);
    const paymentId = await buy("buyer");
    await shop.subscribe("buyer", plan);
    expect((await shop.readCredits("buyer")).available).toBe(600);
    expect(await shop.readDocument(`payments/${paymentId}`)).toMatchObject({ livemode: true });
    expect(await revoke()).toEqual({ revoked: [], unknown: [] });
    expect((await shop.readCredits("buyer")).available).toBe(600);
  });

  it("a dry run lists what would be taken and takes nothing", async () => {
    const paymentId = await buy("careful");
    const listed = { revoked: [{ paymentId, userId: "careful", credits: 100 }], unknown: [] };
    expect(await revoke({ dryRun: true })).toEqual(listed);
    expect(await shop.readCredits("careful")).toMatchObject({ given: 100, available: 100 });
    expect(await revoke()).toEqual(listed);
  });

  it("takes what was bought with test keys, once, and the rest of what was granted stays", async () => {
    const paymentId = await buy("tester");
    await shop.subscribe("tester", plan);
    await shop.settle();
    const { revoked } = await revoke();
    expect(revoked).toHaveLength(2);
    const taken = { given: 0, available: 0, debt: 0 };
    expect(await shop.readCredits("tester")).toEqual(taken);
    expect(await shop.readDocument(`payments/${paymentId}`)).toMatchObject({ status: "canceled" });
    expect(await shop.readDocument("subscriptions/tester")).toMatchObject({ status: "inactive" });
    expect(await revoke()).toEqual({ revoked: [], unknown: [] });
    expect(await shop.readCredits("tester")).toEqual(taken);
  });

  it("ends the plan, which then blocks no other one of its product", async () => {
    const subscriptionId = await shop.subscribe("planner", plan);
    await shop.settle();
    expect((await revoke()).revoked).toMatchObject([{ subscriptionId, credits: 500 }]);
    const ended = { status: "canceled", subscriptionId };
    expect(await shop.readDocument(`plans/stripe_${subscriptionId}`)).toMatchObject(ended);
    expect(await shop.readDocument("subscriptions/planner")).toMatchObject({ plan: ended });
    expect(await shop.readDocument("customers/planner")).toMatchObject({ plans: {} });
  });

  it("takes what was spent as a refund does: from what else there is, and then as debt", async () => {
    const paymentId = await buy("spender");
    await shop.spend("spender", 70);
    await revoke();
    expect(await shop.readCredits("spender")).toMatchObject({ given: 0, available: 0, debt: 70 });
    const refunded = await buy("refunded");
    await shop.spend("refunded", 70);
    await shop.stripe.refunds.create({ payment_intent: refunded.replace(/^stripe_/, "") });
    const [ofRefund, ofRevocation] = [await shop.readCredits("refunded"), await shop.readCredits("spender")];
    expect(ofRevocation).toEqual(ofRefund);
    expect(await shop.readDocument(`payments/${paymentId}`)).toMatchObject({ amountRefunded: 0 });
  });

  it("is not undone by what is heard later: a repeated webhook, a refund, a dispute that is won", async () => {
    const paymentId = await buy("late");
    const intent = paymentId.replace(/^stripe_/, "");
    await revoke();
    shop.history.deliveredIds.clear();
    await shop.settle({ newestFirst: true });
    const { id } = await shop.history.control.dispute(intent);
    await shop.settle();
    await shop.history.control.closeDispute(id, "won");
    expect(await shop.readCredits("late")).toEqual({ given: 0, available: 0, debt: 0 });
    expect(await shop.readDocument(`payments/${paymentId}`)).toMatchObject({ status: "canceled" });
  });

  it("that is paid only later gives nothing", async () => {
    const paymentId = await buy("early");
    const unpaid = { status: "pending", paidAt: null, "facts.paid": FieldValue.delete() };
    await shop.history.db.doc(`payments/${paymentId}`).update(unpaid);
    await shop.readCredits("early");
    expect((await revoke()).revoked).toMatchObject([{ paymentId, credits: 0 }]);
    shop.history.deliveredIds.clear();
    expect((await shop.readCredits("early")).given).toBe(0);
  });

  it("an old payment is known by its session's id, or by what the provider says of it", async () => {
    const ofSession = await buy("old");
    const subscriptionId = await shop.subscribe("old", plan);
    await shop.settle();
    const { id } = await shop.readLatestInvoice(subscriptionId);
    await forgetMode(ofSession);
    await forgetMode(`stripe_${id}`);
    const { revoked, unknown } = await revoke();
    expect(revoked.map(({ paymentId }) => paymentId).toSorted()).toEqual(
      [ofSession, `stripe_${id}`].toSorted(),
    );
    expect(unknown).toEqual([]);
  });

  it("an old payment that live keys do not reach is listed, and stays", async () => {
    const subscriptionId = await shop.subscribe("unknown", plan);
    await shop.settle();
    const { id } = await shop.readLatestInvoice(subscriptionId);
    const paymentId = `stripe_${id}`;
    await forgetMode(paymentId);
    const live = await startLocalStripe({ port: 0, apiKey: LIVE_KEY, webhookEndpoints: [] });
    const account = { url: live.url, apiKey: LIVE_KEY, webhookSecret: "whsec_live", projectId: "demo-live" };
    const adapter = buildStripeAdapter(account);
    const adapters = new PaymentAdapterFactory(
      { stripe: async () => adapter },
      { defaultProvider: "stripe" },
    );
    const page = await revokePage({ dryRun: false }, { ...shop.history.context, adapters });
    await live.close();
    expect(page).toEqual({
      revoked: [],
      unknown: [{ paymentId, userId: "unknown", reason: expect.stringContaining("not found") }],
      next: null,
    });
    expect(await shop.readCredits("unknown")).toMatchObject({ given: 500, available: 500 });
  });

  it("one document that cannot be read holds up nothing else", async () => {
    const [broken, whole] = [await buy("broken"), await buy("whole")];
    await shop.history.db.doc(`payments/${broken}`).update({ currency: "Dollars" });
    const { revoked, unknown } = await revoke();
    expect(revoked).toMatchObject([{ paymentId: whole }]);
    expect(unknown).toMatchObject([{ paymentId: broken, userId: null }]);
  });

  it("nor does a plan that cannot be read: its payment is listed, and stays", async () => {
    const [broken, whole] = [await shop.subscribe("broken", plan), await shop.subscribe("whole", plan)];
    await shop.settle();
    await shop.history.db.doc(`plans/stripe_${broken}`).update({ quantity: -1 });
    const { revoked, unknown } = await revoke();
    expect(revoked).toMatchObject([{ subscriptionId: whole }]);
    expect(unknown).toMatchObject([{ userId: "broken", reason: expect.stringContaining("quantity") }]);
    expect(await shop.readCredits("broken")).toMatchObject({ given: 500 });
  });

  it("ends a plan of an earlier version, which only the account has", async () => {
    const subscriptionId = await shop.subscribe("old", plan);
    await shop.settle();
    await shop.history.db.doc(`plans/stripe_${subscriptionId}`).delete();
    await shop.history.db.doc("customers/old").update({ plans: FieldValue.delete() });
    expect((await revoke()).revoked).toMatchObject([{ subscriptionId }]);
    const ended = { status: "canceled", subscriptionId };
    expect(await shop.readDocument("subscriptions/old")).toMatchObject({ plan: ended });
    expect(await shop.readDocument(`plans/stripe_${subscriptionId}`)).toMatchObject(ended);
  });

  it("asks whether it is a dry run, so that nothing is taken by forgetting it", () => {
    const wanted = { action: "revokeTestPayments", reason: "Going live" };
    expect(gatewayAdminInput.safeParse(wanted).success).toBe(false);
    expect(gatewayAdminInput.safeParse({ ...wanted, dryRun: true }).success).toBe(true);
  });
});
