import { describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../functions/src/adapters/stripe/events.ts";
import { CARDS, type PayBy } from "../../local/stripe/testing/controlClient.ts";
import { control, createProduct, stripe, toId } from "../kit/suite/harness.ts";
import {
  advanceDays,
  open,
  openPlan,
  openTrial,
  passPeriod,
  payFor,
  payPlan,
  type Bought,
  type Subscribed,
} from "../kit/suite/situations.ts";
import { Story, untilState, type State } from "../kit/suite/story.ts";

type EventType = (typeof EVENT_TYPES)[number];
type Row = [
  event: EventType,
  when: keyof typeof situations,
  session: string,
  payment: string,
  grant: string,
  balance: string,
  also: string,
];

/**
 * What every event does, and it alone: of all that the situation leads to at Stripe, only this event is delivered.
 * "a → b" is what it changes, everything else stays as it is. The grant is the payment's, the balance what can be spent;
 * "also" is the plan of the buyer, or the product with its prices in the catalogue.
 */
// prettier-ignore
const table: Row[] = [
  // event                                      when                                         session                   payment                            grant                          balance      also
  ["checkout.session.completed",                "a card pays",                               "created → completed",    "– → succeeded",                   "– → 100 active",              "0 → 100",   "–"],
  ["checkout.session.completed",                "nothing is due",                            "created → completed",    "– → succeeded",                   "– → 100 active",              "0 → 100",   "–"],
  ["checkout.session.completed",                "a bank debit begins",                       "created → processing",   "– → pending",                     "–",                           "0",         "–"],
  ["checkout.session.completed",                "a plan begins",                             "created → completed",    "–",                               "–",                           "0",         "–"],
  ["checkout.session.async_payment_succeeded",  "a bank debit is settled",                   "processing → completed", "pending → succeeded",             "– → 100 active",              "0 → 100",   "–"],
  ["checkout.session.async_payment_failed",     "a bank debit fails",                        "processing → failed",    "pending → failed",                "–",                           "0",         "–"],
  ["checkout.session.expired",                  "nobody pays in time",                       "created → expired",      "–",                               "–",                           "0",         "–"],

  ["customer.subscription.created",             "a plan begins",                             "created",                "–",                               "–",                           "0",         "– → active"],
  ["customer.subscription.updated",             "a plan is cancelled for its period's end",  "completed",              "succeeded",                       "500 active",                  "500",       "active → active, ending"],
  ["customer.subscription.updated",             "a renewal cannot be paid",                  "completed",              "–",                               "–",                           "500",       "active → past_due"],
  ["customer.subscription.paused",              "a trial ends without a card",               "completed",              "succeeded",                       "–",                           "0",         "trialing → paused"],
  ["customer.subscription.resumed",             "a paused plan goes on",                     "completed",              "–",                               "–",                           "0",         "paused → active"],
  ["customer.subscription.deleted",             "a plan is cancelled at once",               "completed",              "succeeded",                       "500 active",                  "500",       "active → canceled"],

  ["invoice.paid",                              "a plan begins",                             "created",                "– → succeeded",                   "– → 500 active",              "0 → 500",   "–"],
  ["invoice.paid",                              "a trial begins",                            "–",                      "– → succeeded",                   "–",                           "0",         "–"],
  ["invoice.paid",                              "a plan is renewed",                         "completed",              "– → succeeded",                   "– → 500 active",              "500 → 1000", "active"],
  ["invoice.paid",                              "a renewal is paid after all",               "completed",              "failed → succeeded",              "– → 500 active",              "500 → 1000", "past_due"],
  ["invoice.paid",                              "a paused plan goes on",                     "completed",              "– → succeeded",                   "– → 500 active",              "0 → 500",   "paused"],
  ["invoice.payment_failed",                    "a renewal cannot be paid",                  "completed",              "– → failed",                      "–",                           "500",       "active"],
  ["invoice.voided",                            "an unpaid renewal is voided",               "completed",              "failed → canceled",               "–",                           "500",       "past_due"],
  ["invoice.marked_uncollectible",              "an unpaid renewal is given up",             "completed",              "failed → canceled",               "–",                           "500",       "past_due"],

  ["refund.created",                            "half is refunded",                          "completed",              "succeeded → partially_refunded",  "100 active → 50 active",      "100 → 50",  "–"],
  ["refund.created",                            "all is refunded",                           "completed",              "succeeded → refunded",            "100 active → 0 revoked",      "100 → 0",   "–"],
  ["refund.updated",                            "half is refunded",                          "completed",              "succeeded → partially_refunded",  "100 active → 50 active",      "100 → 50",  "–"],
  ["refund.updated",                            "a bank has returned half of its debit",     "completed",              "partially_refunded",              "50 active",                   "50",        "–"],
  ["refund.failed",                             "the refund of a half fails",                "completed",              "partially_refunded → succeeded",  "50 active → 100 active",      "50 → 100",  "–"],
  ["charge.refunded",                           "half is refunded",                          "completed",              "succeeded → partially_refunded",  "100 active → 50 active",      "100 → 50",  "–"],

  ["credit_note.created",                       "half of a plan is credited",                "completed",              "succeeded → partially_refunded",  "500 active → 250 active",     "500 → 250", "active"],
  ["credit_note.updated",                       "an unheard credit gets a memo",             "completed",              "succeeded → partially_refunded",  "500 active → 250 active",     "500 → 250", "active"],
  ["credit_note.voided",                        "a credit of an unheard renewal is voided",  "completed",              "– → pending",                     "–",                           "500",       "active"],

  ["charge.dispute.created",                    "a buyer disputes",                          "completed",              "succeeded → disputed",            "100 active → 100 frozen",     "100 → 0",   "–"],
  ["charge.dispute.created",                    "a bank inquires",                           "completed",              "succeeded → disputed",            "100 active → 100 frozen",     "100 → 0",   "–"],
  ["charge.dispute.updated",                    "an inquiry becomes a dispute",              "completed",              "disputed",                        "100 frozen",                  "0",         "–"],
  ["charge.dispute.updated",                    "an unheard inquiry becomes a dispute",      "completed",              "succeeded → disputed",            "100 active → 100 frozen",     "100 → 0",   "–"],
  ["charge.dispute.funds_withdrawn",            "a buyer disputes",                          "completed",              "succeeded → disputed",            "100 active → 100 frozen",     "100 → 0",   "–"],
  ["charge.dispute.funds_reinstated",           "a dispute is won",                          "completed",              "disputed → succeeded",            "100 frozen → 100 active",     "0 → 100",   "–"],
  ["charge.dispute.closed",                     "a dispute is won",                          "completed",              "disputed → succeeded",            "100 frozen → 100 active",     "0 → 100",   "–"],
  ["charge.dispute.closed",                     "a dispute is lost",                         "completed",              "disputed → charged_back",         "100 frozen → 0 revoked",      "0",         "–"],
  ["charge.dispute.closed",                     "an inquiry comes to nothing",               "completed",              "disputed → succeeded",            "100 frozen → 100 active",     "0 → 100",   "–"],
  ["radar.early_fraud_warning.created",         "a bank warns of fraud",                     "completed",              "succeeded → disputed",            "100 active → 100 frozen",     "100 → 0",   "–"],
  ["radar.early_fraud_warning.updated",         "a payment warned of is refunded",           "completed",              "disputed → refunded",             "0 revoked",                   "0",         "–"],

  ["product.created",                           "a product is put on sale",                  "–",                      "–",                               "–",                           "–",         "– → 100 credits for 500"],
  ["product.updated",                           "a product gives less",                      "created",                "–",                               "–",                           "0",         "100 credits for 500 → 20 credits for 500"],
  ["product.deleted",                           "a product is deleted with its price",       "–",                      "–",                               "–",                           "–",         "100 credits for 700 → off sale"],
  ["price.created",                             "a product gets a second price",             "created",                "–",                               "–",                           "0",         "100 credits for 500 → 100 credits for 500 or 700"],
  ["price.updated",                             "a second price is taken back",              "created",                "–",                               "–",                           "0",         "100 credits for 500 or 700 → 100 credits for 500"],
  ["price.deleted",                             "a second price is deleted",                 "created",                "–",                               "–",                           "0",         "100 credits for 500 or 700 → 100 credits for 500"],
];

describe("the table of events", () => {
  it("has every event that a webhook endpoint is registered for", () => {
    const listed = new Set(table.map(([event]) => event));
    expect([...listed].toSorted(compareText)).toEqual([...EVENT_TYPES].toSorted(compareText));
  });

  it.each(table)("%s, when %s", async (event, when, session, payment, grant, balance, also) => {
    const cells = { session, payment, grant, balance, also };
    const story = new Story();
    await situations[when](story);
    await untilState(story, toState(cells, 0));
    await story.hearOnly(event);
    await untilState(story, toState(cells, 1));
  });
});

/** What leads to the events of a row: all that is heard before is delivered, and the last step's events are not yet. */
const situations = {
  "a card pays": async (story: Story) => {
    await buyUnheard(story);
  },
  "nothing is due": async (story: Story) => {
    const { sessionId } = await story.follow(await open({ product: { unitAmount: 0 } }));
    await control.pay(sessionId);
    story.paymentKey = sessionId;
  },
  "a bank debit begins": async (story: Story) => {
    await buyUnheard(story, { method: "bank_debit" });
  },
  "a bank debit is settled": async (story: Story) => {
    const { paymentIntentId } = await buyHeard(story, { method: "bank_debit" });
    await control.settle(paymentIntentId, "succeeded");
  },
  "a bank debit fails": async (story: Story) => {
    const { paymentIntentId } = await buyHeard(story, { method: "bank_debit" });
    await control.settle(paymentIntentId, "failed");
  },
  "nobody pays in time": async (story: Story) => {
    await story.follow(await open());
    await advanceDays(1);
  },

  "a plan begins": async (story: Story) => {
    await subscribeUnheard(story);
  },
  "a plan is cancelled for its period's end": async (story: Story) => {
    const { subscriptionId } = await subscribeHeard(story);
    await stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: true });
  },
  "a plan is cancelled at once": async (story: Story) => {
    const { subscriptionId } = await subscribeHeard(story);
    await stripe.subscriptions.cancel(subscriptionId);
  },
  "a plan is renewed": async (story: Story) => {
    await renew(story, await subscribeHeard(story));
  },
  "a renewal cannot be paid": async (story: Story) => {
    await failRenewal(story);
  },
  "a renewal is paid after all": async (story: Story) => {
    const { subscriptionId, invoiceId } = await failRenewal(story);
    await control.setCard(subscriptionId, CARDS.good);
    await story.hear();
    await stripe.invoices.pay(invoiceId);
  },
  "an unpaid renewal is voided": async (story: Story) => {
    const { invoiceId } = await failRenewal(story);
    await story.hear();
    await stripe.invoices.voidInvoice(invoiceId);
  },
  "an unpaid renewal is given up": async (story: Story) => {
    const { invoiceId } = await failRenewal(story);
    await story.hear();
    await stripe.invoices.markUncollectible(invoiceId);
  },
  "a trial begins": async (story: Story) => {
    await beginTrial(story);
  },
  "a trial ends without a card": async (story: Story) => {
    await endTrial(story);
  },
  "a paused plan goes on": async (story: Story) => {
    const { subscriptionId } = await endTrial(story);
    await control.setCard(subscriptionId, CARDS.good);
    await story.hear();
    const { latest_invoice } = await stripe.subscriptions.resume(subscriptionId);
    story.paymentKey = toId(latest_invoice);
  },

  "half is refunded": async (story: Story) => {
    const { paymentIntentId } = await buyHeard(story);
    await stripe.refunds.create({ payment_intent: paymentIntentId, amount: 250 });
  },
  "all is refunded": async (story: Story) => {
    const { paymentIntentId } = await buyHeard(story);
    await stripe.refunds.create({ payment_intent: paymentIntentId });
  },
  "a bank has returned half of its debit": async (story: Story) => {
    const { paymentIntentId } = await buyHeard(story, { method: "bank_debit" });
    await control.settle(paymentIntentId, "succeeded");
    const refund = await stripe.refunds.create({ payment_intent: paymentIntentId, amount: 250 });
    await story.hear();
    await control.succeedRefund(refund.id);
  },
  "the refund of a half fails": async (story: Story) => {
    const { paymentIntentId } = await buyHeard(story);
    const refund = await stripe.refunds.create({ payment_intent: paymentIntentId, amount: 250 });
    await story.hear();
    await control.failRefund(refund.id);
  },

  "half of a plan is credited": async (story: Story) => {
    await creditHalf(await subscribeHeard(story));
  },
  "an unheard credit gets a memo": async (story: Story) => {
    const { id } = await creditHalf(await subscribeHeard(story));
    await stripe.creditNotes.update(id, { memo: "Sorry" });
  },
  "a credit of an unheard renewal is voided": async (story: Story) => {
    const { invoiceId } = await failRenewal(story);
    const { id } = await stripe.creditNotes.create({ invoice: invoiceId, amount: 950 });
    await stripe.creditNotes.voidCreditNote(id);
  },

  "a buyer disputes": async (story: Story) => {
    const { paymentIntentId } = await buyHeard(story);
    await control.dispute(paymentIntentId);
  },
  "a bank inquires": async (story: Story) => {
    const { paymentIntentId } = await buyHeard(story);
    await control.dispute(paymentIntentId, { inquiry: true });
  },
  "an inquiry becomes a dispute": async (story: Story) => {
    const disputeId = await disputeHeard(story, { inquiry: true });
    await control.escalateDispute(disputeId);
  },
  "an unheard inquiry becomes a dispute": async (story: Story) => {
    const { paymentIntentId } = await buyHeard(story);
    const { id: disputeId } = await control.dispute(paymentIntentId, { inquiry: true });
    await control.escalateDispute(disputeId);
  },
  "an inquiry comes to nothing": async (story: Story) => {
    await control.closeDispute(await disputeHeard(story, { inquiry: true }), "warning_closed");
  },
  "a dispute is won": async (story: Story) => {
    await control.closeDispute(await disputeHeard(story), "won");
  },
  "a dispute is lost": async (story: Story) => {
    await control.closeDispute(await disputeHeard(story), "lost");
  },
  "a bank warns of fraud": async (story: Story) => {
    const { paymentIntentId } = await buyHeard(story);
    await control.warnOfFraud(paymentIntentId);
  },
  "a payment warned of is refunded": async (story: Story) => {
    const bought = await buyHeard(story);
    await control.warnOfFraud(bought.paymentIntentId);
    await story.hear();
    await stripe.refunds.create({ payment_intent: bought.paymentIntentId });
    await story.hearOnly("refund.created");
  },

  "a product is put on sale": async (story: Story) => {
    await story.followProducts();
    story.productId = await createProduct();
  },
  "a product gives less": async (story: Story) => {
    const productId = await openHeard(story);
    await stripe.products.update(productId, { metadata: { creditsAmount: "20" } });
  },
  "a product is deleted with its price": async (story: Story) => {
    await story.followProducts();
    story.productId = (await stripe.products.create({ name: "Credits" })).id;
    const priceId = await addPrice(story.productId);
    await story.hear();
    await control.deletePrice(priceId);
    await stripe.products.del(story.productId);
  },
  "a product gets a second price": async (story: Story) => {
    await addPrice(await openHeard(story));
  },
  "a second price is taken back": async (story: Story) => {
    const priceId = await addPrice(await openHeard(story));
    await story.hear();
    await stripe.prices.update(priceId, { active: false });
  },
  "a second price is deleted": async (story: Story) => {
    const priceId = await addPrice(await openHeard(story));
    await story.hear();
    await control.deletePrice(priceId);
  },
};

async function buyUnheard(story: Story, by?: PayBy): Promise<Bought> {
  const bought = await payFor(await story.follow(await open()), by);
  story.paymentKey = bought.paymentIntentId;
  return bought;
}

async function buyHeard(story: Story, by?: PayBy): Promise<Bought> {
  const bought = await buyUnheard(story, by);
  await story.hear();
  return bought;
}

async function disputeHeard(story: Story, options: { inquiry?: boolean } = {}): Promise<string> {
  const { paymentIntentId } = await buyHeard(story);
  const { id: disputeId } = await control.dispute(paymentIntentId, options);
  await story.hear();
  return disputeId;
}

/** Credits half of a plan's first invoice to its buyer's balance. */
async function creditHalf({ invoiceId }: Subscribed): Promise<{ id: string }> {
  return await stripe.creditNotes.create({ invoice: invoiceId, amount: 950, credit_amount: 950 });
}

async function subscribeUnheard(story: Story): Promise<Subscribed> {
  const subscribed = await payPlan(await story.follow(await openPlan()));
  story.paymentKey = subscribed.invoiceId;
  return subscribed;
}

async function subscribeHeard(story: Story): Promise<Subscribed> {
  const subscribed = await subscribeUnheard(story);
  await story.hear();
  return subscribed;
}

/** A month passes; the payment in question is that of the new period. */
async function renew(story: Story, subscribed: Subscribed): Promise<Subscribed> {
  const { subscriptionId } = subscribed;
  await passPeriod(subscriptionId);
  const { latest_invoice } = await stripe.subscriptions.retrieve(subscriptionId);
  story.paymentKey = toId(latest_invoice);
  return { ...subscribed, invoiceId: story.paymentKey };
}

async function failRenewal(story: Story): Promise<Subscribed> {
  const subscribed = await subscribeHeard(story);
  await control.setCard(subscribed.subscriptionId, CARDS.failing);
  await story.hear();
  return await renew(story, subscribed);
}

async function beginTrial(story: Story): Promise<Subscribed> {
  const subscribed = await payPlan(await story.follow(await openTrial({ card: false })));
  story.paymentKey = subscribed.invoiceId;
  return subscribed;
}

async function endTrial(story: Story): Promise<Subscribed> {
  const subscribed = await beginTrial(story);
  await story.hear();
  await advanceDays(8);
  return subscribed;
}

/** Opens a session that stays open while its product changes. Returns the product's id. */
async function openHeard(story: Story): Promise<string> {
  await story.followProducts();
  const productId = await createProduct();
  await story.follow(await open({ productId }));
  story.productId = productId;
  return productId;
}

async function addPrice(productId: string): Promise<string> {
  const metadata = { creditsAmount: "100" };
  const wanted = { product: productId, currency: "usd", unit_amount: 700, metadata };
  return (await stripe.prices.create(wanted)).id;
}

/** One side of the cells: 0 is before, 1 after. */
function toState({ session, payment, grant, balance, also }: State, side: 0 | 1): State {
  const pick = (cell: string) => cell.split(" → ").at(side) ?? cell;
  return {
    session: pick(session),
    payment: pick(payment),
    grant: pick(grant),
    balance: pick(balance),
    also: pick(also),
  };
}

function compareText(a: string, b: string): number {
  return a.localeCompare(b);
}
