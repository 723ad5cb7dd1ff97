import type { Stripe } from "stripe";
import { idOf } from "../objects/store/store.ts";
import type { Kit } from "./kit.ts";
import { createPrice, createSession } from "./shop.ts";

export const DAY = 24 * 60 * 60;
export const HOUR = 60 * 60;

/** A subscription that was bought through the checkout page's control route. */
export interface Subscribed {
  session: Stripe.Checkout.Session;
  customerId: string;
  subscriptionId: string;
  price: Stripe.Price;
}

/** Subscribes a new customer to something for 20 USD a month. */
export async function subscribe(
  kit: Kit,
  options: {
    price?: Parameters<typeof createPrice>[1];
    session?: Stripe.Checkout.SessionCreateParams;
    card?: string;
  } = {},
): Promise<Subscribed> {
  const customer = await kit.stripe.customers.create({ email: "sub@example.com" });
  const price = await createPrice(kit.stripe, {
    unit_amount: 2000,
    recurring: { interval: "month" },
    name: "Basic",
    ...options.price,
  });
  const { id } = await createSession(kit.stripe, {
    mode: "subscription",
    customer: customer.id,
    line_items: [{ price: price.id, quantity: 1 }],
    ...options.session,
  });
  const paid = await kit.control(
    `checkout/${id}/pay`,
    options.card === undefined ? {} : { card: options.card },
  );
  if (paid.status !== 200) throw new Error(`Cannot pay session "${id}": status ${paid.status}`);
  const session = await kit.stripe.checkout.sessions.retrieve(id);
  return { session, customerId: customer.id, subscriptionId: idOf(session.subscription) ?? "", price };
}

/** Another subscription of somebody who has one, through the API, with the card they paid it with. */
export async function subscribeAgain(
  kit: Kit,
  { customerId, subscriptionId, price }: Subscribed,
  params: Omit<Stripe.SubscriptionCreateParams, "customer"> = {},
): Promise<Stripe.Subscription> {
  const { default_payment_method: card } = await kit.stripe.subscriptions.retrieve(subscriptionId);
  return kit.stripe.subscriptions.create({
    customer: customerId,
    default_payment_method: idOf(card) ?? "",
    items: [{ price: price.id }],
    ...params,
  });
}

/** The subscription as it is now. */
export async function reload(kit: Kit, { subscriptionId }: Subscribed): Promise<Stripe.Subscription> {
  return kit.stripe.subscriptions.retrieve(subscriptionId);
}

/** The subscription's invoices, oldest first. */
export async function invoicesOf(kit: Kit, { subscriptionId }: Subscribed): Promise<Stripe.Invoice[]> {
  const { data } = await kit.stripe.invoices.list({ subscription: subscriptionId, limit: 100 });
  return data.toReversed();
}

/** Gives one of the subscription's items, the first unless told otherwise, another price or quantity. */
export async function changeItem(
  kit: Kit,
  subscribed: Subscribed,
  {
    index = 0,
    price,
    quantity,
    ...params
  }: { index?: number; price?: string; quantity?: number } & Stripe.SubscriptionUpdateParams,
): Promise<Stripe.Subscription> {
  const { items } = await reload(kit, subscribed);
  const id = items.data[index]?.id;
  if (id === undefined) throw new Error(`Expected an item at ${index}`);
  const item = { id, ...(price !== undefined && { price }), ...(quantity !== undefined && { quantity }) };
  return kit.stripe.subscriptions.update(subscribed.subscriptionId, { ...params, items: [item] });
}

/** When the current period ends, in seconds. */
export function periodEndOf({ items }: Stripe.Subscription): number {
  return items.data[0]?.current_period_end ?? 0;
}

/** Moves the clock to the end of the subscription's period, and past the hour in which its invoice is a draft. */
export async function renew(kit: Kit, subscribed: Subscribed): Promise<void> {
  const end = periodEndOf(await reload(kit, subscribed));
  await kit.control("clock", { now: end + HOUR });
}

/** Moves the clock to the middle of the subscription's period, so that a change prorates a half. */
export async function toMiddleOfPeriod(kit: Kit, subscribed: Subscribed): Promise<void> {
  const subscription = await reload(kit, subscribed);
  const start = subscription.items.data[0]?.current_period_start ?? 0;
  await kit.control("clock", { now: start + (periodEndOf(subscription) - start) / 2 });
}

export async function advance(kit: Kit, seconds: number): Promise<void> {
  await kit.control("clock", { advanceSeconds: seconds });
}
