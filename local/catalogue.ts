import { Stripe } from "stripe";
import { writeDocument } from "./firestore/rest.ts";
import { HOST } from "./ports.ts";
import { ControlClient } from "./stripe/testing/controlClient.ts";

/** A product of the catalogue that `npm start` comes with. */
export interface CatalogueProduct {
  id: string;
  name: string;
  description: string;
  creditsAmount: number;
  /** If absent, the credits do not expire. */
  subscriptionDays?: number;
  /** In the currency's minor units. */
  amount: number;
  currency: string;
  /** If absent, it is paid once. */
  interval?: "month";
}

/** The cheapest product, which the demo buys. */
export const SMALL_PACK: CatalogueProduct = {
  id: "prod_small_pack",
  name: "Small credit pack",
  description: "100 credits to try things out. They do not expire.",
  creditsAmount: 100,
  amount: 500,
  currency: "usd",
};

/** One of each kind: small, large, recurring, and priced in a currency that has no minor unit. */
export const CATALOGUE: readonly CatalogueProduct[] = [
  SMALL_PACK,
  {
    id: "prod_large_pack",
    name: "Large credit pack",
    description: "1,000 credits for bigger projects, at a fifth off. They do not expire.",
    creditsAmount: 1000,
    amount: 4000,
    currency: "usd",
  },
  {
    id: "prod_monthly",
    name: "Monthly plan",
    description: "500 credits every month. Cancel at any time.",
    creditsAmount: 500,
    subscriptionDays: 31,
    amount: 1900,
    currency: "usd",
    interval: "month",
  },
  {
    id: "prod_small_pack_jpy",
    name: "Small credit pack (Japan)",
    description: "100 credits, paid in yen. They do not expire.",
    creditsAmount: 100,
    amount: 700,
    currency: "jpy",
  },
];

/** Where the catalogue goes: local Stripe, and the Firestore that the shop reads. */
export interface CatalogueTarget {
  projectId: string;
  firestoreHost: string;
  stripeUrl: string;
  stripeApiKey: string;
}

/** Puts the catalogue on sale and leaves products alone that exist already. */
export async function seedCatalogue(target: CatalogueTarget): Promise<void> {
  const stripe = new Stripe(target.stripeApiKey, {
    host: HOST,
    port: new URL(target.stripeUrl).port,
    protocol: "http",
    telemetry: false,
  });
  const control = new ControlClient(target.stripeUrl);
  // This function writes the documents itself, so these events are not needed. Eight webhooks at once would start workers
  // that the first buyer would have to wait for.
  await control.setWebhookMode("drop");
  await Promise.all(CATALOGUE.map((product) => seedProduct(stripe, target, product)));
  await control.setWebhookMode("normal");
  await warmUp(stripe);
}

/** Delivers one event, so that the webhook's worker has loaded what it needs before the first buyer pays. */
async function warmUp(stripe: Stripe): Promise<void> {
  const [product] = CATALOGUE;
  if (product) await stripe.products.update(product.id, { metadata: { catalogue: "local" } });
}

async function seedProduct(
  stripe: Stripe,
  target: CatalogueTarget,
  product: CatalogueProduct,
): Promise<void> {
  const { default_price: defaultPrice } =
    (await readProduct(stripe, product.id)) ?? (await createProduct(stripe, product));
  const defaultPriceId = typeof defaultPrice === "string" ? defaultPrice : defaultPrice?.id;
  if (defaultPriceId === undefined)
    throw new Error(`Cannot seed product "${product.id}": it has no default price`);
  await writeDocument(target, `products/${product.id}`, toDocument(product, defaultPriceId, new Date()));
}

async function readProduct(stripe: Stripe, id: string): Promise<Stripe.Product | undefined> {
  try {
    return await stripe.products.retrieve(id);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && error.statusCode === 404) return undefined;
    throw error;
  }
}

async function createProduct(stripe: Stripe, product: CatalogueProduct): Promise<Stripe.Product> {
  const { id, name, description, amount, currency, interval } = product;
  return await stripe.products.create({
    id,
    name,
    description,
    metadata: {
      creditsAmount: String(product.creditsAmount),
      ...(product.subscriptionDays !== undefined && { subscriptionDays: String(product.subscriptionDays) }),
    },
    default_price_data: { currency, unit_amount: amount, ...(interval && { recurring: { interval } }) },
  });
}

/** The document that the shop lists. */
function toDocument(product: CatalogueProduct, defaultPriceId: string, now: Date): Record<string, unknown> {
  const { name, description, creditsAmount, subscriptionDays, amount, currency, interval } = product;
  const type = interval ? "recurring" : "one_time";
  return {
    provider: "stripe",
    active: true,
    name,
    description,
    images: [],
    creditsAmount,
    subscriptionDays: subscriptionDays ?? null,
    defaultPriceId,
    prices: { [defaultPriceId]: { amount, currency, type, interval: interval ?? null, active: true } },
    readAt: now,
    createdAt: now,
    updatedAt: now,
  };
}
