import { isDeepStrictEqual } from "node:util";
import type { PaymentAdapter, ProviderProduct } from "../adapters/paymentAdapter.ts";
import { requireValue } from "../adapters/require.ts";
import { Committer, type Applied } from "../inbox/committer.ts";
import { parseWorth, productWorthSchema } from "../model/worth.ts";
import type { StoreContext } from "../platform/context.ts";
import { readDocument, toChange } from "../platform/document.ts";
import { productRef } from "./db.ts";
import { productDocument, type Product } from "./documents.ts";
import { toProductRefusal } from "./refusal.ts";

/**
 * `gone`: the provider does not have it. `not_for_sale`: it has no valid credits there. Neither was ever in the catalogue.
 * `taken`: the catalogue has a product of another provider with that id, so that this one was read and not saved.
 */
export type NotInCatalogue = "gone" | "not_for_sale" | "taken";
export type RefreshedProduct =
  | (Applied & { product: Product })
  | { outcome: "taken"; changed: false; product: Product }
  | { outcome: "gone" | "not_for_sale"; changed: false };

/**
 * Reads a product from the provider and saves it, unless a later read was saved already. A product without valid
 * credits is not ours; one that was in the catalogue becomes inactive.
 */
export async function refreshProduct(
  context: StoreContext,
  adapter: PaymentAdapter,
  productId: string,
  committer: Committer,
): Promise<RefreshedProduct> {
  // Taken before the read: the document is at least as new as this.
  const readAt = context.now();
  const fetched = await adapter.fetchProduct(productId);
  const isGone = fetched.outcome === "failed" && fetched.failure.kind === "not_found";
  const found = isGone ? undefined : requireValue(fetched, `Cannot read product "${productId}"`);
  const provider = adapter.name;
  const productAt = productRef(context.db, productId);
  const unsaved: { product?: Product } = {};
  const committed = await committer.commit([productAt], (snapshots) => {
    const document = readDocument(snapshots, productAt, productDocument);
    const isTaken = document.known !== undefined && document.known.provider !== provider;
    const known = isTaken ? undefined : document.known;
    const product = toProduct(found, { provider, known, readAt });
    if (product && isTaken) unsaved.product = product;
    if (!product || isTaken) return undefined;
    if (known && known.readAt > readAt) return { changes: [], result: known };
    return { changes: isSameProduct(known, product) ? [] : [toChange(document, product)], result: product };
  });
  if (committed) {
    const { outcome, changed, result: product } = committed;
    return { outcome, changed, product };
  }
  if (unsaved.product) return { outcome: "taken", changed: false, product: unsaved.product };
  return { outcome: isGone ? "gone" : "not_for_sale", changed: false };
}

const refusals: Record<NotInCatalogue, { code: "not_found" | "failed_precondition"; reason: string }> = {
  gone: { code: "not_found", reason: "not found" },
  not_for_sale: {
    code: "failed_precondition",
    reason: "its metadata has no valid creditsAmount and subscriptionDays",
  },
  taken: {
    code: "failed_precondition",
    reason: "the catalogue has another provider's product with that id",
  },
};

/** Reads a product that the catalogue does not have yet. Throws a refusal if it cannot be sold. */
export async function requireProduct(
  context: StoreContext,
  adapter: PaymentAdapter,
  productId: string,
): Promise<Product> {
  const refreshed = await refreshProduct(context, adapter, productId, new Committer(context));
  const { outcome } = refreshed;
  if (outcome === "applied" || outcome === "duplicate") return refreshed.product;
  const { code, reason } = refusals[outcome];
  throw toProductRefusal(code, productId, reason);
}

function toProduct(
  found: ProviderProduct | undefined,
  context: { provider: string; known: Product | undefined; readAt: Date },
): Product | undefined {
  const { provider, known, readAt } = context;
  const stamps = { readAt, createdAt: known?.createdAt ?? readAt, updatedAt: readAt };
  const worth = parseWorth(found?.metadata, productWorthSchema);
  if (!found || !worth) return known && { ...known, active: false, ...stamps };
  const { metadata: _metadata, ...shown } = found;
  return { ...shown, provider, worth, ...stamps };
}

function isSameProduct(known: Product | undefined, next: Product): boolean {
  if (!known) return false;
  return isDeepStrictEqual({ ...known, readAt: next.readAt, updatedAt: next.updatedAt }, next);
}
