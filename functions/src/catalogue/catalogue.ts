import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { PaymentAdapter, ProviderEvent, ProviderProduct } from "../adapters/paymentAdapter.ts";
import { compareAndSet } from "../platform/compareAndSet.ts";
import type { GatewayContext } from "../platform/context.ts";
import { parseProduct, parseWebhookEvent, productRef, webhookEventRef } from "../payments/db.ts";
import { GatewayError } from "../platform/errors.ts";
import { readDocument, settleEvent } from "../platform/knownDocument.ts";
import { requireValue } from "../adapters/require.ts";
import { orderSchema, productSchema, wholeNumberText, type Order, type Product } from "../contract/types.ts";

/** What a unit is worth, as the product's metadata says it. */
const worthSchema = z.object({
  creditsAmount: wholeNumberText.pipe(productSchema.shape.creditsAmount),
  subscriptionDays: wholeNumberText.pipe(productSchema.shape.subscriptionDays.unwrap()).optional(),
});

/** `gone` and `foreign`: not at the provider, or without credits there, and never in the catalogue. */
export type RefreshedProduct =
  | { outcome: "applied" | "duplicate"; changed: boolean; product: Product }
  | { outcome: "gone" | "foreign"; changed: false };

/**
 * Reads a product at the provider and writes it as it stands there, unless a later read was written already. A product
 * without valid credits is none of ours; one that was in the catalogue is taken out of sale.
 */
export async function refreshProduct(
  context: GatewayContext,
  adapter: PaymentAdapter,
  subject: { productId: string; event?: ProviderEvent },
): Promise<RefreshedProduct> {
  const { productId, event } = subject;
  // Taken before the read: the document is at least as new as this.
  const readAt = context.now();
  const fetched = await adapter.fetchProduct(productId);
  const isGone = fetched.outcome === "failed" && fetched.failure.kind === "not_found";
  const found = isGone ? undefined : requireValue(fetched, `Cannot read product "${productId}"`);
  const { db } = context;
  const provider = adapter.name;
  const productAt = productRef(db, productId);
  const eventAt = event && webhookEventRef(db, { provider, eventId: event.eventId });
  return await compareAndSet<RefreshedProduct>(
    db,
    eventAt ? [productAt, eventAt] : [productAt],
    (snapshots) => {
      const { snapshot, known: shown } = readDocument(snapshots, productAt, parseProduct);
      // Another provider may have a product of that id, too: the one that was read last is shown.
      const known = shown?.provider === provider ? shown : undefined;
      const product = toProduct(found, { provider, known, readAt });
      if (!product) return { changes: [], result: { outcome: isGone ? "gone" : "foreign", changed: false } };
      const inbox = eventAt && readDocument(snapshots, eventAt, parseWebhookEvent);
      const { outcome, changes } = settleEvent(inbox, { provider, event, now: readAt });
      if (known && known.readAt > readAt)
        return { changes, result: { outcome, changed: false, product: known } };
      const changed = !isSameProduct(known, product);
      if (changed) changes.push({ snapshot, data: product });
      return { changes, result: { outcome, changed, product } };
    },
  );
}

/** One unit price of a product on sale, times the quantity, as an order. Refuses what cannot be sold. */
export function toOrder(
  product: Product,
  wanted: { userId: string; productId: string; priceId: string | undefined; quantity: number },
): Order {
  const { userId, productId, quantity } = wanted;
  const priceId = wanted.priceId ?? product.defaultPriceId;
  // Of its own: every object has something called "constructor".
  const price = priceId !== null && Object.hasOwn(product.prices, priceId) && product.prices[priceId];
  if (priceId === null || !price) throw refuse("not_found", productId, "not found at that price");
  if (!product.active || !price.active) throw refuse("failed_precondition", productId, "it is not active");
  const { creditsAmount, subscriptionDays } = product;
  const parsed = orderSchema.safeParse({
    userId,
    productId,
    priceId,
    quantity,
    currency: price.currency,
    creditsAmount: creditsAmount * quantity,
    subscriptionDays,
  });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
  throw refuse("failed_precondition", productId, `its order is not acceptable (${fields})`);
}

/** A product that the catalogue does not have yet: no event told of it, or it cannot be sold. */
export async function requireProduct(
  context: GatewayContext,
  adapter: PaymentAdapter,
  productId: string,
): Promise<Product> {
  const refreshed = await refreshProduct(context, adapter, { productId });
  if ("product" in refreshed) return refreshed.product;
  if (refreshed.outcome === "gone") throw refuse("not_found", productId, "not found");
  const reason = "its metadata has no valid creditsAmount and subscriptionDays";
  throw refuse("failed_precondition", productId, reason);
}

function refuse(code: "not_found" | "failed_precondition", productId: string, reason: string): GatewayError {
  return new GatewayError(code, `Cannot sell product "${productId}": ${reason}`);
}

function toProduct(
  found: ProviderProduct | undefined,
  context: { provider: string; known: Product | undefined; readAt: Date },
): Product | undefined {
  const { provider, known, readAt } = context;
  const stamps = { readAt, createdAt: known?.createdAt ?? readAt, updatedAt: readAt };
  const worth = worthSchema.safeParse(found?.metadata);
  if (!found || !worth.success) return known && { ...known, active: false, ...stamps };
  const { metadata: _metadata, ...shown } = found;
  const { creditsAmount, subscriptionDays = null } = worth.data;
  return { ...shown, provider, creditsAmount, subscriptionDays, ...stamps };
}

function isSameProduct(known: Product | undefined, next: Product): boolean {
  if (!known) return false;
  return isDeepStrictEqual({ ...known, readAt: next.readAt, updatedAt: next.updatedAt }, next);
}
