import { orderSchema, type Order } from "../model/order.ts";
import { multiplyWorth } from "../model/worth.ts";
import type { Product } from "./documents.ts";
import { toProductRefusal } from "./refusal.ts";
import { DEFAULT_MAX_QUANTITY } from "./terms.ts";
import { readPrice } from "./worth.ts";

/** An order of a product at one of its prices. Throws a refusal if it cannot be sold. */
export function toOrder(
  product: Product,
  wanted: { userId: string; productId: string; priceId: string | undefined; quantity: number },
): Order {
  const { userId, productId, quantity } = wanted;
  if (!product.active) throw toProductRefusal("failed_precondition", productId, "it is not active");
  const priceId = wanted.priceId ?? product.defaultPriceId;
  if (priceId === null) throw toProductRefusal("not_found", productId, noDefaultPrice);
  const price = readPrice(product, priceId);
  if (!price?.worth) throw toProductRefusal("not_found", productId, noSuchPrice);
  if (!price.active) throw toProductRefusal("failed_precondition", productId, "its price is not active");
  const maxQuantity = price.maxQuantity ?? product.maxQuantity ?? DEFAULT_MAX_QUANTITY;
  if (quantity > maxQuantity) throw toQuantityRefusal(productId, maxQuantity);
  const { currency, worth } = price;
  const parsed = orderSchema.safeParse({
    userId,
    productId,
    priceId,
    quantity,
    currency,
    worth: multiplyWorth(worth, quantity),
  });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
  throw toProductRefusal("failed_precondition", productId, `its order exceeds what can be sold (${fields})`);
}

const noDefaultPrice = "it has no default price, so that an order must name one";
const noSuchPrice =
  "not found at that price; on sale are the default price and prices with a creditsAmount in their own metadata";

function toQuantityRefusal(productId: string, maxQuantity: number): Error {
  const limit = `an order may have ${maxQuantity} of it`;
  const remedy = "the metadata maxQuantity of the product or the price can allow up to 999";
  return toProductRefusal("failed_precondition", productId, `${limit}; ${remedy}`);
}
