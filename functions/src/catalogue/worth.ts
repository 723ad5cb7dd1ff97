import type { Worth } from "../contract/documents.ts";
import type { Product, ProductPrice } from "./documents.ts";
import { DEFAULT_FREE_TIMES } from "./terms.ts";

/** A product as far as its prices are concerned. */
export type PricedProduct = Pick<Product, "worth" | "prices">;

/** A price of a product in the catalogue; undefined if it has no such price. */
export function readPrice(
  { prices }: Pick<PricedProduct, "prices">,
  priceId: string,
): ProductPrice | undefined {
  // Only its own: every object inherits something called "constructor".
  return Object.hasOwn(prices, priceId) ? prices[priceId] : undefined;
}

/**
 * What one unit of a product is worth at one of its prices. An old document says so only for the product; undefined if
 * the catalogue does not have the price.
 */
export function readPriceWorth(product: PricedProduct, priceId: string): Worth | undefined {
  const price = readPrice(product, priceId);
  return price && (price.worth ?? product.worth);
}

/** How often one user gets the product at that price without being asked for money. */
export function readPriceFreeTimes(product: Pick<PricedProduct, "prices">, priceId: string): number {
  return readPrice(product, priceId)?.freeTimes ?? DEFAULT_FREE_TIMES;
}
