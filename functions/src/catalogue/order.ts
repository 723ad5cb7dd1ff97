import { orderSchema, type Order } from "../model/order.ts";
import { multiplyWorth } from "../model/worth.ts";
import type { Product } from "./documents.ts";
import { toProductRefusal } from "./refusal.ts";

/** An order of a product at one of its prices. Throws a refusal if it cannot be sold. */
export function toOrder(
  product: Product,
  wanted: { userId: string; productId: string; priceId: string | undefined; quantity: number },
): Order {
  const { userId, productId, quantity } = wanted;
  const priceId = wanted.priceId ?? product.defaultPriceId;
  // Only its own: every object inherits something called "constructor".
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
  throw toProductRefusal("failed_precondition", productId, `its order is not valid (${fields})`);
}
