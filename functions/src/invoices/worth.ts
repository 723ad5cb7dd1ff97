import type { InvoiceLine, InvoiceNews } from "../adapters/paymentAdapter.ts";
import type { Product } from "../catalogue/documents.ts";
import type { Worth } from "../contract/documents.ts";
import type { Order } from "../model/order.ts";

/** What an invoice is worth: the credits of all its lines, and otherwise what its main line's product gives. */
export function toInvoiceWorth(
  invoice: Pick<InvoiceNews, "lines" | "isFirst">,
  products: ReadonlyMap<string, Product>,
  order: Order,
): { productId: string; worth: Worth } {
  const { lines } = invoice;
  const main = lines.findLast((line) => line.amount > 0) ?? lines.at(-1);
  const productId = main?.productId ?? order.productId;
  const { worth } = products.get(productId) ?? order;
  return { productId, worth: { ...worth, creditsAmount: toCreditsAmount(invoice, products, order) } };
}

/**
 * Credits follow the money before discounts: a line of twice the unit price is worth twice the product's credits, a
 * free line of a trial is worth nothing, and the lines of a change in the middle of a period add up to the difference.
 * Rounded down, never below zero.
 */
export function toCreditsAmount(
  { lines, isFirst }: Pick<InvoiceNews, "lines" | "isFirst">,
  products: ReadonlyMap<string, Product>,
  order: Order,
): number {
  const total = lines.reduce((sum, line) => {
    const product = products.get(line.productId);
    if (!product) return sum;
    // The first invoice gives what the buyer was shown, even if the product has changed since.
    const isOrdered = isFirst && line.priceId === order.priceId;
    const perUnit = isOrdered ? order.worth.creditsAmount / order.quantity : product.worth.creditsAmount;
    return sum + perUnit * toUnits(line, product);
  }, 0);
  // Fractions are not exact in binary: the thousandth keeps 9.9999… credits from becoming 9.
  return Math.max(0, Math.floor(total + 0.001));
}

function toUnits({ amount, quantity, priceId }: InvoiceLine, product: Product): number {
  const unitAmount = product.prices[priceId]?.amount;
  if (unitAmount === undefined) return 0;
  return unitAmount === 0 ? quantity : amount / unitAmount;
}
