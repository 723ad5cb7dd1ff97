import { orderSchema, type Order } from "../model/order.ts";
import { multiplyWorth } from "../model/worth.ts";
import type { Product } from "./documents.ts";
import { toProductRefusal } from "./refusal.ts";

/** One unit price of a product on sale, times the quantity, as an order. Refuses what cannot be sold. */
export function toOrder(
  product: Product,
  wanted: { userId: string; productId: string; priceId: string | undefined; quantity: number },
): Order {
  const { userId, productId, quantity } = wanted;
  const priceId = wanted.priceId ?? product.defaultPriceId;
  // Of its own: every object has something called "constructor".
  const price = priceId !== null && Object.hasOwn(product.prices, priceId) && product.prices[priceId];
  if (priceId === null || !price) throw toProductRefusal("not_found", productId, "not found at that price");
  if (!product.active || !price.active)
    throw toProductRefusal("failed_precondition", productId, "it is not active");
  const parsed = orderSchema.safeParse({
    userId,
    productId,
    priceId,
    quantity,
    currency: price.currency,
    worth: multiplyWorth(product.worth, quantity),
  });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
  throw toProductRefusal("failed_precondition", productId, `its order is not acceptable (${fields})`);
}
