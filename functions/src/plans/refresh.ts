import type { PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { requireSupport, requireValue } from "../adapters/require.ts";
import { readSoldProduct } from "../catalogue/refresh.ts";
import type { WebhookOutcome } from "../contract/codes.ts";
import type { Committer } from "../inbox/committer.ts";
import type { StoreContext } from "../platform/context.ts";
import { savePlan, type SubscribedTwice } from "./save.ts";

/**
 * Reads a recurring subscription from the provider and saves it, unless a later read was saved already. Its status goes
 * back and forth, so an event is only a reason to read it.
 */
export async function refreshPlan(
  context: StoreContext,
  adapter: PaymentAdapter,
  subscriptionId: string,
  committer: Committer,
): Promise<{ outcome: WebhookOutcome; changed: boolean; subscribedTwice?: SubscribedTwice }> {
  // Taken before the read: what is written is at least as new as this.
  const readAt = context.now();
  const action = `Cannot read subscription "${subscriptionId}"`;
  requireSupport(adapter, "fetchSubscription", action);
  const fetched = await adapter.fetchSubscription(subscriptionId);
  if (fetched.outcome === "failed" && fetched.failure.kind === "not_found")
    return { outcome: "ignored", changed: false };
  const { userId, ...found } = requireValue(fetched, action);
  const plan = { ...found, provider: adapter.name, readAt };
  const saved = await savePlan(context, { userId, plan }, committer);
  const { outcome, changed, result } = saved;
  const { subscribedTwice: twice } = result;
  const subscribedTwice = twice && (await isAllowed(context, adapter, twice)) ? undefined : twice;
  return {
    outcome: outcome === "applied" ? "processed" : outcome,
    changed,
    ...(subscribedTwice && { subscribedTwice }),
  };
}

async function isAllowed(
  context: StoreContext,
  adapter: PaymentAdapter,
  { productId, priceId }: SubscribedTwice,
): Promise<boolean> {
  const product = await readSoldProduct(context, adapter, productId);
  return product?.prices[priceId ?? ""]?.allowSeveral === true;
}
