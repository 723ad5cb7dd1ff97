import { isDeepStrictEqual } from "node:util";
import type { PaymentAdapter, ProviderProduct } from "../adapters/paymentAdapter.ts";
import { requireValue } from "../adapters/require.ts";
import { Committer, type Applied } from "../inbox/committer.ts";
import { askAfter } from "../platform/reading/askAfter.ts";
import type { Change } from "../platform/compareAndSet.ts";
import type { StoreContext } from "../platform/context.ts";
import { isForeign, readDocument, toChange, type KnownDocument } from "../platform/document.ts";
import { warnOfForeignProduct } from "../platform/log.ts";
import { productRef, readProducts, withheldRef } from "./db.ts";
import { productDocument, withheldDocument, type Product, type Withheld } from "./documents.ts";
import { toOffer, type Offer } from "./offer.ts";
import { toProductRefusal } from "./refusal.ts";

/**
 * `gone`: the provider does not have it. `not_for_sale`: nothing of it can be sold. Neither was ever in the catalogue.
 * `taken`: the catalogue has a product of another provider with that id, `foreign`: somebody else has a document there, so
 * that this one was read and not saved.
 */
export type NotInCatalogue = "gone" | "not_for_sale" | "taken";
type Refreshed =
  | (Applied & { product: Product })
  | (Unsaved & { changed: false })
  | { outcome: "gone" | "not_for_sale"; changed: boolean };
interface Unsaved {
  outcome: "taken" | "foreign";
  product: Product;
}
/** `withheld`: why active prices are not for sale, by their id; absent if there is none. */
export type RefreshedProduct = Refreshed & { withheld?: Record<string, string> };

/**
 * Reads a product from the provider and saves what of it is for sale. A product without valid credits is not ours; one
 * that was in the catalogue becomes inactive.
 */
export async function refreshProduct(
  context: StoreContext,
  adapter: PaymentAdapter,
  productId: string,
  committer: Committer,
): Promise<RefreshedProduct> {
  const [productAt, withheldAt] = [productRef(context.db, productId), withheldRef(context.db, productId)];
  const provider = adapter.name;
  const ask = askAfter(async () => await readOffer(context, adapter, productId));
  const last: Partial<Read> & { unsaved?: Unsaved } = {};
  const committed = await committer.commit([productAt, withheldAt], async (snapshots) => {
    const document = readDocument(snapshots, productAt, productDocument);
    const isTaken = document.known !== undefined && document.known.provider !== provider;
    const known = isTaken ? undefined : document.known;
    const read = await ask(document.snapshot);
    if (!read) return { changes: [], result: { product: known, isNew: false } };
    const product = toProduct(read, { provider, known });
    Object.assign(last, read);
    if (isTaken || isForeign(document)) {
      if (product) last.unsaved = { outcome: isTaken ? "taken" : "foreign", product };
      return undefined;
    }
    const withheld = toWithheldChanges(readDocument(snapshots, withheldAt, withheldDocument), read);
    const isNew = withheld.length > 0 || (product !== undefined && !isSameProduct(known, product));
    const changes = product ? [toChange(document, product), ...withheld] : withheld;
    return changes.length > 0 ? { changes, result: { product, isNew } } : undefined;
  });
  const reasons = last.offer?.withheld ?? {};
  const withheld = Object.keys(reasons).length > 0 && { withheld: reasons };
  const changed = committed?.result.isNew === true;
  if (committed?.result.product) {
    return { outcome: committed.outcome, changed, product: committed.result.product, ...withheld };
  }
  if (last.unsaved) return { ...last.unsaved, changed: false, ...withheld };
  return { outcome: last.found ? "not_for_sale" : "gone", changed, ...withheld };
}

/** What the provider has of a product, as it was asked at `readAt`. */
interface Read {
  readAt: Date;
  found: ProviderProduct | undefined;
  offer: Offer;
}

async function readOffer(context: StoreContext, adapter: PaymentAdapter, productId: string): Promise<Read> {
  const readAt = context.now();
  const found = await readFound(adapter, productId);
  return { readAt, found, offer: found ? toOffer(found) : { onSale: undefined, withheld: {} } };
}

/** Undefined if the provider does not have it. Throws if that cannot be known now. */
async function readFound(adapter: PaymentAdapter, productId: string): Promise<ProviderProduct | undefined> {
  const fetched = await adapter.fetchProduct(productId);
  if (fetched.outcome === "failed" && fetched.failure.kind === "not_found") return undefined;
  return requireValue(fetched, `Cannot read product "${productId}"`);
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

/**
 * A product as the catalogue knows it, or else as the provider has it. Throws a refusal if the provider has nothing of it
 * to sell, or cannot say so now.
 */
export async function requireProduct(
  context: StoreContext,
  adapter: PaymentAdapter,
  { productId, known }: { productId: string; known: Product | undefined },
): Promise<Product> {
  // An active product without a limit was written by a version that put every price on sale: it is read once more.
  if (known && (!known.active || known.maxQuantity !== undefined)) return known;
  const refreshed = await refreshProduct(context, adapter, productId, new Committer(context));
  const { outcome, withheld = {} } = refreshed;
  if (outcome === "foreign") warnOfForeignProduct(productId);
  if (outcome === "applied" || outcome === "duplicate" || outcome === "foreign") return refreshed.product;
  const { code, reason } = refusals[outcome];
  const [withheldReason] = Object.values(withheld);
  throw toProductRefusal(code, productId, (outcome === "not_for_sale" && withheldReason) || reason);
}

/** A product as the catalogue knows it, or else as the provider has it, for what its prices say; undefined without one. */
export async function readSoldProduct(
  { db }: Pick<StoreContext, "db">,
  adapter: PaymentAdapter,
  productId: string,
): Promise<Pick<Product, "prices"> | undefined> {
  const known = (await readProducts(db, { provider: adapter.name, productIds: [productId] })).get(productId);
  if (known) return known;
  const found = await readFound(adapter, productId);
  return found && toOffer(found).onSale;
}

function toProduct(
  { found, offer, readAt }: Read,
  { provider, known }: { provider: string; known: Product | undefined },
): Product | undefined {
  const stamps = { readAt, createdAt: known?.createdAt ?? readAt, updatedAt: readAt };
  if (!found || !offer.onSale) return known && { ...known, active: false, ...stamps };
  const { name, description, images, active } = found;
  return { name, description, images, active, ...offer.onSale, provider, ...stamps };
}

function isSameProduct(known: Product | undefined, next: Product): boolean {
  if (!known) return false;
  return isDeepStrictEqual({ ...known, readAt: next.readAt, updatedAt: next.updatedAt }, next);
}

/** The write that keeps the reasons, or clears them; none if they are the same. */
function toWithheldChanges(document: KnownDocument<Withheld>, { offer, readAt }: Read): Change[] {
  const { known } = document;
  const { withheld } = offer;
  if (isDeepStrictEqual(known?.prices ?? {}, withheld)) return [];
  return [toChange(document, { prices: withheld, createdAt: known?.createdAt ?? readAt, updatedAt: readAt })];
}
