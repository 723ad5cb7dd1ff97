import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import schemas from "../contract/schemas/9a2663f.json" with { type: "json" };
import { toId } from "../kit/suite/harness.ts";
import { open } from "./market.ts";
import type { MoneyShop, Plan } from "./shop.ts";

/* Documents and metadata as version 9a2663f wrote them. */

type Data = Record<string, unknown>;

/** A value with those properties alone that its schema knows. */
function strip(schema: unknown, value: unknown): unknown {
  if (!isData(schema) || !isData(value)) return value;
  const { properties, additionalProperties } = schema;
  const strippedBy = (schemaOf: (key: string) => unknown, keys: string[]): Data =>
    Object.fromEntries(keys.map((key) => [key, strip(schemaOf(key), value[key])]));
  if (isData(properties)) {
    return strippedBy(
      (key) => properties[key],
      Object.keys(value).filter((key) => Object.hasOwn(properties, key)),
    );
  }
  return isData(additionalProperties) ? strippedBy(() => additionalProperties, Object.keys(value)) : value;
}

function isData(value: unknown): value is Data {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

const kinds = {
  payments: schemas.paymentSchema,
  payment_sessions: schemas.paymentSessionSchema,
  products: schemas.productSchema,
};

/** Rewrites all payments, sessions, products and grants as they would have been written. */
export async function age({ history: { db } }: MoneyShop): Promise<void> {
  for (const [collection, schema] of Object.entries(kinds)) {
    const { docs } = await db.collection(collection).get();
    for (const { ref, ...found } of docs.map((each) => ({ ref: each.ref, data: each.data() })))
      await rewrite(ref, schema, found.data);
  }
  const { docs: grants } = await db.collectionGroup("grants").get();
  for (const grant of grants) await rewrite(grant.ref, schemas.grantSchema, grant.data());
}

async function rewrite(ref: FirebaseFirestore.DocumentReference, schema: unknown, data: Data): Promise<void> {
  const old = strip(schema, data);
  if (isData(old) && !isDeepStrictEqual(old, data)) await ref.set(old);
}

/** The order in metadata with a hash that needs no key in place of the seal. */
export function toOldMetadata({ seal: _seal, subtotal: _subtotal, ...order }: Record<string, string>) {
  const { gatewayProject, userId, productId, priceId, currency, quantity, creditsAmount } = order;
  const { subscriptionDays = "null" } = order;
  const parts = [gatewayProject, userId, productId, priceId, currency, quantity, creditsAmount];
  const hash = createHash("sha256").update(JSON.stringify([...parts, subscriptionDays]));
  return { ...order, orderHash: `order_${hash.digest("hex")}` };
}

/** A checkout that was opened before, with its session document. */
export async function openOld(
  shop: MoneyShop,
  userId: string,
  { quantity = 1, ...plan }: Plan & { quantity?: number },
): Promise<string> {
  const { stripe, history } = shop;
  const sessionId = await open(shop, userId, { ...plan, quantity });
  const ours = await stripe.checkout.sessions.retrieve(sessionId);
  const metadata = toOldMetadata(ours.metadata ?? {});
  const isPlan = ours.mode === "subscription";
  const { id } = await stripe.checkout.sessions.create({
    mode: isPlan ? "subscription" : "payment",
    ...(ours.customer && { customer: toId(ours.customer) }),
    line_items: [{ price: plan.priceId, quantity }],
    success_url: "https://app.example/",
    metadata,
    ...(isPlan ? { subscription_data: { metadata } } : { payment_intent_data: { metadata } }),
  });
  const sessions = history.db.collection("payment_sessions");
  const session = (await sessions.doc(sessionId).get()).data() ?? {};
  await sessions.doc(id).set({ ...session });
  await sessions.doc(sessionId).delete();
  return id;
}

/** A subscription that began before. Returns its id. */
export async function subscribeOld(shop: MoneyShop, userId: string, plan: Plan): Promise<string> {
  const sessionId = await openOld(shop, userId, plan);
  await shop.history.control.pay(sessionId);
  await shop.settle();
  await age(shop);
  const { subscription } = await shop.stripe.checkout.sessions.retrieve(sessionId);
  return toId(subscription);
}
