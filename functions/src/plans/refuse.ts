import type { Buyer } from "../buyers/documents.ts";
import type { Product } from "../catalogue/documents.ts";
import { toProductRefusal } from "../catalogue/refusal.ts";
import { isOfSameProduct } from "../model/plan.ts";
import type { StoreContext } from "../platform/context.ts";
import { readLivePlans } from "./db.ts";

/** Refuses a second live subscription of one product, unless its metadata allows several. */
export async function refuseSecondPlan(
  { db }: Pick<StoreContext, "db">,
  { userId, buyer }: { userId: string; buyer: Buyer },
  wanted: { product: Product; productId: string; priceId: string },
): Promise<void> {
  const { product, productId, priceId } = wanted;
  const price = product.prices[priceId];
  if (price?.type !== "recurring" || price.allowSeveral === true) return;
  const live = await readLivePlans(db, { userId, buyer });
  const same = live.filter((plan) => isOfSameProduct(plan, { provider: product.provider, productId }));
  if (same.length === 0) return;
  const subscriptionIds = same.map(({ subscriptionId }) => subscriptionId);
  const reason = `the user has a live subscription of it (${subscriptionIds.join(", ")})`;
  const remedy =
    "it can be resumed or changed in the portal, and the metadata allowSeveral: true allows another one";
  throw toProductRefusal("failed_precondition", productId, `${reason}; ${remedy}`, { subscriptionIds });
}
