import type { PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { requireSupport, requireValue } from "../adapters/require.ts";
import { readSoldProduct } from "../catalogue/refresh.ts";
import type { WebhookOutcome } from "../contract/codes.ts";
import type { Committer } from "../inbox/committer.ts";
import type { StoreContext } from "../platform/context.ts";
import { savePlan, type FoundPlan, type SubscribedTwice } from "./save.ts";

/** A plan as its provider has it now; undefined if it does not have it. */
export async function fetchPlan(
  { now }: Pick<StoreContext, "now">,
  adapter: PaymentAdapter,
  subscriptionId: string,
): Promise<FoundPlan | undefined> {
  const readAt = now();
  const action = `Cannot read subscription "${subscriptionId}"`;
  requireSupport(adapter, "fetchSubscription", action);
  const fetched = await adapter.fetchSubscription(subscriptionId);
  if (fetched.outcome === "failed" && fetched.failure.kind === "not_found") return undefined;
  const { userId, customerId, ...found } = requireValue(fetched, action);
  return { userId, customerId, plan: { ...found, provider: adapter.name, readAt } };
}

/**
 * Reads a recurring subscription from the provider and saves it. Its status goes
 * back and forth, so an event is only a reason to read it.
 */
export async function refreshPlan(
  context: StoreContext,
  adapter: PaymentAdapter,
  subscriptionId: string,
  committer: Committer,
): Promise<{ outcome: WebhookOutcome; changed: boolean; subscribedTwice?: SubscribedTwice }> {
  const subject = { provider: adapter.name, subscriptionId };
  const fetch = async () => await fetchPlan(context, adapter, subscriptionId);
  const saved = await savePlan(context, subject, fetch, committer);
  if (!saved) return { outcome: "ignored", changed: false };
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
