import type { Stripe } from "stripe";
import type { CreatePaymentSessionInput } from "../../functions/src/contract/calls.ts";
import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import type { HandledEvent } from "../../functions/src/webhooks/dispatch.ts";
import { receiveWebhook } from "../../functions/src/webhooks/receive.ts";
import type { MoneyShop } from "./shop.ts";

/* What merchants do with their catalogue, and what buyers find there. */

/** A one-time product of 100 credits for 5.00 unless its metadata says otherwise. */
export async function createPack(
  { stripe }: MoneyShop,
  metadata: Record<string, string> = { creditsAmount: "100" },
): Promise<{ productId: string; priceId: string }> {
  const { id: productId, default_price: price } = await stripe.products.create({
    name: "Credits",
    default_price_data: { unit_amount: 500, currency: "usd" },
    metadata,
  });
  if (typeof price !== "string") throw new Error("Expected the id of a price");
  return { productId, priceId: price };
}

/** One more price of a product, which is not its default one. */
export async function addPrice(
  { stripe }: MoneyShop,
  productId: string,
  price: Partial<Stripe.PriceCreateParams> = {},
): Promise<string> {
  return (await stripe.prices.create({ product: productId, currency: "usd", unit_amount: 50, ...price })).id;
}

/** Delivers each event that was not delivered yet, once. Returns what became of it: done, or the error. */
export async function deliver({ history }: MoneyShop): Promise<(HandledEvent | Error)[]> {
  const endings: (HandledEvent | Error)[] = [];
  for (const event of await history.readEvents()) {
    if (history.deliveredIds.has(event.id)) continue;
    history.deliveredIds.add(event.id);
    const [ending] = await Promise.allSettled([
      receiveWebhook(history.context, "stripe", history.toRequest(event)),
    ]);
    if (ending.status === "fulfilled") endings.push(ending.value);
    else endings.push(ending.reason instanceof Error ? ending.reason : new Error("Unknown"));
  }
  return endings;
}

export async function open(
  { history }: MoneyShop,
  userId: string,
  input: CreatePaymentSessionInput,
): Promise<string> {
  return (await createPaymentSession(history.context, { userId, email: undefined }, input)).sessionId;
}

export async function buy(shop: MoneyShop, userId: string, input: CreatePaymentSessionInput): Promise<void> {
  await shop.history.control.pay(await open(shop, userId, input));
}

/** What the catalogue shows of a product, without its times; undefined if it has none. */
export async function readProduct({ history }: MoneyShop, productId: string) {
  const snapshot = await history.db.collection("products").doc(productId).get();
  const { readAt: _readAt, createdAt: _createdAt, updatedAt: _updatedAt, ...product } = snapshot.data() ?? {};
  return snapshot.exists ? product : undefined;
}

/** Why prices of a product are not for sale; undefined if nothing was ever said about that. */
export async function readWithheld({ history }: MoneyShop, productId: string): Promise<unknown> {
  return (await history.db.doc(`products/${productId}/private/offer`).get()).get("prices");
}

/** The calls to the provider that an action makes, such as `GET /v1/prices`. */
export async function listCalls(
  { history: { control } }: MoneyShop,
  act: () => Promise<unknown>,
): Promise<string[]> {
  const before = (await control.readRequests()).length;
  await act();
  const made = (await control.readRequests()).slice(before);
  return made.map(({ method, path }) => `${method} ${path}`);
}

/** The events that failed and are kept to be tried again, by their ids, with the reason. */
export async function readWaitingEvents({ history }: MoneyShop): Promise<Map<string, unknown>> {
  const { docs } = await history.db.collection("webhook_events").where("status", "==", "failed").get();
  return new Map(docs.map((event) => [String(event.get("eventId")), event.get("error")]));
}
