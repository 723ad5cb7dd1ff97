import type { Worth } from "../contract/documents.ts";
import type { Product } from "./documents.ts";

/** What one unit of a product is worth at one of its prices. */
export function readPriceWorth(product: Product, _priceId: string): Worth | undefined {
  return product.worth;
}

/** How often one user gets the product at that price without being asked for money. */
export function readPriceFreeTimes(_product: Product, _priceId: string): number {
  return 1;
}
