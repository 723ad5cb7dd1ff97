import { expect, onTestFinished } from "vitest";
import type { PayBy } from "../../../local/stripe/testing/controlClient.ts";
import { buildProduct, type NewProduct } from "../products.ts";
import { eventually } from "../eventually.ts";
import {
  control,
  createProduct,
  db,
  readAccount,
  signUp,
  stripe,
  suite,
  toId,
  untilGranted,
  type TestUser,
} from "./harness.ts";

/* Situations that tests begin with or lead to, each brought about by what a buyer, a bank or a merchant does at Stripe. */

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;

/** A session of a user, opened and not paid. */
export interface Opened {
  user: TestUser;
  sessionId: string;
}

/** Opens a session of a new user for a product of 500 cents and 100 credits, unless told otherwise. */
export async function open(
  wanted: { user?: TestUser; product?: NewProduct; productId?: string } = {},
): Promise<Opened> {
  const user = wanted.user ?? (await signUp());
  const productId = wanted.productId ?? (await createProduct(wanted.product));
  const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
  return { user, sessionId };
}

/** A paid session, and the payment it led to. */
export interface Bought extends Opened {
  paymentIntentId: string;
  paymentId: string;
}

/** Pays an open session; nothing is waited for. */
export async function payFor(opened: Opened, by?: PayBy): Promise<Bought> {
  await control.pay(opened.sessionId, by);
  const { payment_intent } = await stripe.checkout.sessions.retrieve(opened.sessionId);
  const paymentIntentId = toId(payment_intent);
  return { ...opened, paymentIntentId, paymentId: `stripe_${paymentIntentId}` };
}

/** A purchase whose credits are booked. */
export async function buy(wanted: Parameters<typeof open>[0] = {}): Promise<Bought> {
  const bought = await payFor(await open(wanted));
  await untilGranted(bought.user, bought.sessionId);
  return bought;
}

/** Puts a monthly plan on sale: 500 credits for 19.00 unless told otherwise. */
export async function createPlan({ creditsAmount = "500", unitAmount = 1_900 } = {}) {
  const wanted = { creditsAmount, unitAmount, isMonthly: true };
  const product = await stripe.products.create(buildProduct(wanted));
  return { productId: product.id, priceId: toId(product.default_price) };
}

/** A recurring subscription, and the invoice it began with. */
export interface Subscribed extends Opened {
  subscriptionId: string;
  invoiceId: string;
}

/** Opens a session for a monthly plan. */
export async function openPlan(): Promise<Opened> {
  const user = await signUp();
  const { productId } = await createPlan();
  const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
  return { user, sessionId };
}

/** Pays a plan's open session; nothing is waited for. It ends with the test: others move the clock, too. */
export async function payPlan(opened: Opened, by?: PayBy): Promise<Subscribed> {
  await control.pay(opened.sessionId, by);
  const { subscription, invoice } = await stripe.checkout.sessions.retrieve(opened.sessionId);
  const subscriptionId = toId(subscription);
  onTestFinished(async () => await endPlan(subscriptionId));
  return { ...opened, subscriptionId, invoiceId: toId(invoice) };
}

async function endPlan(subscriptionId: string): Promise<void> {
  const { status } = await stripe.subscriptions.retrieve(subscriptionId);
  if (status !== "canceled") await stripe.subscriptions.cancel(subscriptionId);
}

/**
 * A plan's session with a trial of seven days; without a card, its end pauses the plan. Our checkout sells no trials: a
 * merchant's own code opens one, with the order as our checkout writes it.
 */
export async function openTrial({ card }: { card: boolean }): Promise<Opened> {
  const { user, sessionId: ordered } = await openPlan();
  const { metadata, customer } = await stripe.checkout.sessions.retrieve(ordered);
  const { data } = await stripe.checkout.sessions.listLineItems(ordered);
  const { id: sessionId } = await stripe.checkout.sessions.create({
    mode: "subscription",
    customer: toId(customer),
    line_items: [{ price: toId(data[0]?.price), quantity: 1 }],
    success_url: suite.hostingUrl,
    metadata: metadata ?? {},
    payment_method_collection: card ? "always" : "if_required",
    subscription_data: {
      metadata: metadata ?? {},
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method: "pause" } },
    },
  });
  return { user, sessionId };
}

/** A recurring subscription whose first credits are booked. */
export async function subscribe(): Promise<Subscribed> {
  const subscribed = await payPlan(await openPlan());
  await untilGranted(subscribed.user, subscribed.sessionId);
  return subscribed;
}

/** Lets days pass at Stripe; what falls due on the way happens. */
export async function advanceDays(days: number): Promise<void> {
  await control.passSeconds(days * DAY_SECONDS);
}

/** Lets a recurring subscription's period end, and the hour in which the next one's invoice is a draft. */
export async function passPeriod(subscriptionId: string): Promise<void> {
  const { items } = await stripe.subscriptions.retrieve(subscriptionId);
  await control.passUntil(Number(items.data[0]?.current_period_end) + 2 * HOUR_SECONDS);
}

export async function readPayment(key: string): Promise<FirebaseFirestore.DocumentData | undefined> {
  return (await db.collection("payments").doc(`stripe_${key}`).get()).data();
}

/** Waits until a payment has these values. */
export async function untilPayment(key: string, expected: object): Promise<void> {
  await eventually(async () => expect(await readPayment(key)).toMatchObject(expected));
}

/** Waits until a user's subscription has these values. */
export async function untilSubscription({ uid }: TestUser, expected: object): Promise<void> {
  await eventually(async () => expect((await readAccount(uid)).subscription).toMatchObject(expected));
}

/** Waits until so many credits can be spent. */
export async function untilAvailable(user: TestUser, availableCredits: number): Promise<void> {
  await untilSubscription(user, { availableCredits });
}

/** Waits until a user's plan has these values. */
export async function untilPlan(user: TestUser, plan: object): Promise<void> {
  await untilSubscription(user, { plan });
}

/** Waits until a subscription's open invoice is known to have failed. Returns the invoice's id. */
export async function untilFailed(subscriptionId: string): Promise<string> {
  return await eventually(async () => {
    const { data } = await stripe.invoices.list({ subscription: subscriptionId, status: "open" });
    const invoiceId = toId(data[0]);
    expect(await readPayment(invoiceId)).toMatchObject({ status: "failed" });
    return invoiceId;
  });
}
