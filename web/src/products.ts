import {
  collection,
  onSnapshot,
  query,
  where,
  type Firestore,
  type QueryDocumentSnapshot,
} from "firebase/firestore";
import {
  failed,
  orFailed,
  readFields,
  readFlag,
  readNullable,
  readText,
  readTexts,
  readWhole,
  type Fields,
} from "./fields.ts";
import type { Store } from "./store.ts";

/** One price of a product, and what is bought at it; `amount` in minor units, `interval` null for a one-time price. */
export interface Price {
  priceId: string;
  amount: number;
  currency: string;
  interval: string | null;
  intervalCount: number;
  creditsAmount: number;
  subscriptionDays: number | null;
}

/** A product on sale. Its prices are the active ones, the default one first. */
export interface Product {
  productId: string;
  name: string;
  description: string;
  image: string | undefined;
  creditsAmount: number;
  prices: [Price, ...Price[]];
}

export type Catalogue = "loading" | "failed" | readonly Product[];

/** Keeps the store up to date with what is on sale until the returned function is called. */
export function watchProducts(db: Firestore, store: Store<Catalogue>): () => void {
  return onSnapshot(
    query(collection(db, "products"), where("active", "==", true)),
    ({ docs }) => store.set(orFailed(() => toCatalogue(docs))),
    (error) => store.set(failed(error)),
  );
}

function toCatalogue(docs: readonly QueryDocumentSnapshot[]): Product[] {
  return docs.flatMap((found) => toProduct(found.id, found.data())).toSorted(compareProducts);
}

/** A product without an active price is not on sale. */
function toProduct(productId: string, fields: Fields): Product[] {
  const defaultPriceId = readNullable(fields, "defaultPriceId", readText);
  const prices = readPrices(fields);
  const [first, ...others] = prices.toSorted(
    (a, b) => Number(b.priceId === defaultPriceId) - Number(a.priceId === defaultPriceId),
  );
  if (!first) return [];
  const product: Product = {
    productId,
    name: readText(fields, "name"),
    description: readNullable(fields, "description", readText) ?? "",
    image: readTexts(fields, "images")[0],
    creditsAmount: readWhole(fields, "creditsAmount"),
    prices: [first, ...others],
  };
  return [product];
}

function readPrices(product: Fields): Price[] {
  const prices = readFields(product, "prices");
  return Object.keys(prices).flatMap((priceId) => {
    const fields = readFields(prices, priceId);
    if (!readFlag(fields, "active")) return [];
    // A document from before prices had a worth of their own gives each the product's.
    const worth = "creditsAmount" in fields ? fields : product;
    return [
      {
        priceId,
        amount: readWhole(fields, "amount"),
        currency: readText(fields, "currency"),
        interval: readNullable(fields, "interval", readText),
        intervalCount: "intervalCount" in fields ? readWhole(fields, "intervalCount") : 1,
        creditsAmount: readWhole(worth, "creditsAmount"),
        subscriptionDays: readNullable(worth, "subscriptionDays", readWhole),
      },
    ];
  });
}

/** One-time purchases before subscriptions, small before large. */
function compareProducts(a: Product, b: Product): number {
  const byKind = Number(a.prices[0].interval !== null) - Number(b.prices[0].interval !== null);
  return byKind || a.creditsAmount - b.creditsAmount || a.name.localeCompare(b.name);
}
