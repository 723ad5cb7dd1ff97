import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stripe } from "stripe";
import { toIssuer } from "../../functions/src/adapters/metadata.ts";
import type { PaymentAdapter } from "../../functions/src/adapters/paymentAdapter.ts";
import { requireAdapter } from "../../functions/src/adapters/require.ts";
import { EVENT_TYPES, toMeaning } from "../../functions/src/adapters/stripe/events.ts";
import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import { MoneyShop, type Plan } from "./shop.ts";

const API_KEY = "sk_test_stored_events";
const EMAIL = "ada.lovelace@example.com";
/** What nothing in this shop gives a reason to say. */
const UNTOLD = [
  "customer.subscription.paused",
  "customer.subscription.resumed",
  "charge.dispute.updated",
  "product.updated",
];

/**
 * Rule 23: an event that failed is kept without its buyer. Whatever is left out of it must be nothing that the event means.
 */
describe("rule 23: events as they are stored", () => {
  let shop: MoneyShop;
  let adapter: PaymentAdapter;

  beforeAll(async () => {
    shop = await MoneyShop.open({ apiKey: API_KEY });
    adapter = await requireAdapter(shop.history.context, "stripe");
    await liveRichly();
  });

  afterAll(async () => await shop.close());

  async function open(userId: string, plan: Plan): Promise<string> {
    const caller = { userId, email: EMAIL };
    return (await createPaymentSession(shop.history.context, caller, plan)).sessionId;
  }

  async function buy(userId: string, plan: Plan): Promise<string> {
    const sessionId = await open(userId, plan);
    await shop.history.control.pay(sessionId);
    return await readIntent(sessionId);
  }

  async function readIntent(sessionId: string): Promise<string> {
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(sessionId);
    if (typeof intent !== "string") throw new Error("Expected a payment intent");
    return intent;
  }

  /** Purchases, subscriptions and money that goes back, in most of the ways that there are. */
  async function liveRichly(): Promise<void> {
    const { stripe } = shop;
    const { control } = shop.history;
    const pack = await shop.sellOnce({ credits: 100, unitAmount: 500 });
    const small = await shop.sell({ credits: 500, unitAmount: 1_900 });
    const large = await shop.sell({ credits: 1_000, unitAmount: 3_800 });

    await stripe.checkout.sessions.expire(await open("expires", pack));
    for (const outcome of ["succeeded", "failed"] as const) {
      const sessionId = await open("debit", pack);
      await control.pay(sessionId, { method: "bank_debit" });
      await control.settle(await readIntent(sessionId), outcome);
    }
    await control.refund(await buy("refunded", pack), { amount: 200 });
    await control.failRefund((await control.refund(await buy("kept", pack))).id);
    const warned = await buy("warned", pack);
    await control.warnOfFraud(warned);
    await control.refund(warned);
    for (const outcome of ["won", "lost"] as const)
      await control.closeDispute((await control.dispute(await buy(outcome, pack))).id, outcome);

    const { id: coupon } = await stripe.coupons.create({
      percent_off: 50,
      duration: "repeating",
      duration_in_months: 2,
    });
    const discounted = await shop.subscribe("discounted", small, { coupon });
    const classic = await shop.subscribe("classic", small, { billing: "classic" });
    await shop.subscribe("tries", small, { trialDays: 7 });
    const fails = await shop.subscribe("fails", small);
    await shop.failCard(fails);
    const leaves = await shop.subscribe("voided", small);
    await shop.pass(10);
    for (const id of [discounted, classic]) await shop.change(id, { plan: large });
    await shop.pass(5);
    await shop.change(classic, { plan: small });
    const { id: invoiceId } = await shop.readLatestInvoice(discounted);
    const note = await stripe.creditNotes.create({ invoice: invoiceId, amount: 100, credit_amount: 100 });
    await stripe.creditNotes.update(note.id, { memo: "Sorry" });
    await shop.failCard(leaves);
    await shop.renew();
    const { id: openId } = await shop.readLatestInvoice(leaves);
    const { id: noteId } = await stripe.creditNotes.create({ invoice: openId, amount: 100 });
    await stripe.creditNotes.voidCreditNote(noteId);
    await stripe.invoices.voidInvoice(openId);
    await stripe.invoices.markUncollectible((await shop.readLatestInvoice(fails)).id);
    await stripe.subscriptions.cancel(discounted);
    await stripe.prices.update(small.priceId, { nickname: "Small" });
    const { id: productId } = await stripe.products.create({ name: "Gone" });
    const price = await stripe.prices.create({ product: productId, currency: "usd", unit_amount: 1 });
    await control.deletePrice(price.id);
    await stripe.products.del(productId);
  }

  async function readEvents(): Promise<{ event: Stripe.Event; payload: string }[]> {
    return (await shop.history.readEvents()).map((event) => {
      const payload = JSON.stringify(event);
      return { event: Stripe.webhooks.constructEventWithoutVerification(payload), payload };
    });
  }

  it("mean what they meant when they came, of every type that is read", async () => {
    const issuer = toIssuer(shop.history.context.projectId, API_KEY);
    const events = (await readEvents()).filter(({ event: { type } }) =>
      EVENT_TYPES.some((read) => read === type),
    );
    for (const { event, payload } of events) {
      const { id: eventId, type } = event;
      const stored = adapter.toStoredPayload(payload);
      expect(stored).not.toContain(EMAIL);
      expect(adapter.parseEvent(payload)).toStrictEqual({ eventId, type, ...toMeaning(event, issuer) });
      expect(adapter.parseEvent(stored)).toStrictEqual(adapter.parseEvent(payload));
      expect(adapter.toStoredPayload(stored)).toBe(stored);
    }
    const types = new Set<string>(events.map(({ event }) => event.type));
    expect(EVENT_TYPES.filter((type) => !types.has(type))).toEqual(UNTOLD);
    expect(events.some(({ payload }) => payload.includes(EMAIL))).toBe(true);
  });
});
