import type { PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { requireValue } from "../adapters/require.ts";
import type { Product } from "../catalogue/documents.ts";
import { toOffer } from "../catalogue/offer.ts";
import type { AuditFinding as Finding } from "../contract/admin.ts";

/**
 * The prices at which an old product document sells, and a new one would not: the default price, and those whose own
 * metadata says what they are worth, stay for sale.
 */
export async function auditProduct(
  adapter: PaymentAdapter,
  { productId, product }: { productId: string; product: Product },
): Promise<Finding[]> {
  // A document with a limit was written when only these were offered.
  if (!product.active || product.maxQuantity !== undefined) return [];
  const found = requireValue(await adapter.fetchProduct(productId), `Cannot read product "${productId}"`);
  const { onSale, withheld } = toOffer(found);
  const active = Object.entries(product.prices).filter(([, price]) => price.active);
  return active
    .filter(([priceId]) => !onSale || !Object.hasOwn(onSale.prices, priceId))
    .map(([priceId]) => ({
      kind: "price_not_offered",
      id: `${productId}/${priceId}`,
      found: "for sale",
      expected: `not for sale: ${withheld[priceId] ?? "the provider does not have it as an active price"}`,
      remedy: "To go on selling at it, say its creditsAmount in the price's own metadata",
    }));
}
