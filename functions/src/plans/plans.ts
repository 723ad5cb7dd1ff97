import { readPlan, savePlan, type Plan } from "../credits/service.ts";
import type { PaymentAdapter, ProviderEvent } from "../adapters/paymentAdapter.ts";
import { compareAndSet } from "../platform/compareAndSet.ts";
import type { GatewayContext } from "../platform/context.ts";
import type { Caller } from "../buyers/customers.ts";
import { readBuyer } from "../buyers/db.ts";
import { parseWebhookEvent, webhookEventRef } from "../payments/db.ts";
import { GatewayError } from "../platform/errors.ts";
import { toKey } from "../platform/key.ts";
import { readDocument, settleEvent } from "../platform/knownDocument.ts";
import { withinLimit } from "../buyers/limits.ts";
import { requireAdapter, requireSupport, requireValue } from "../adapters/require.ts";
import { toRedirects } from "../platform/redirects.ts";
import type { CreatePortalSessionResult, PlanResult } from "../contract/types.ts";

/**
 * Reads a recurring subscription at the provider and writes it as it stands there, unless a later read was written
 * already: its status goes back and forth, so events are not believed, only followed.
 */
export async function refreshPlan(
  context: GatewayContext,
  adapter: PaymentAdapter,
  { subscriptionId, event }: { subscriptionId: string; event: ProviderEvent },
): Promise<{ outcome: "processed" | "duplicate" | "ignored"; changed: boolean }> {
  // Taken before the read: what is written is at least as new as this.
  const readAt = context.now();
  const action = `Cannot read subscription "${subscriptionId}"`;
  requireSupport(adapter, "fetchSubscription", action);
  const fetched = await adapter.fetchSubscription(subscriptionId);
  if (fetched.outcome === "failed" && fetched.failure.kind === "not_found")
    return { outcome: "ignored", changed: false };
  const { userId, ...plan } = requireValue(fetched, action);
  const changed = await savePlan(context, { userId, plan: { ...plan, provider: adapter.name, readAt } });
  const outcome = await noteEvent(context, adapter.name, event);
  return { outcome, changed };
}

/** The provider's own page for a buyer's recurring subscriptions, cards and invoices. */
export async function createPortalSession(
  context: GatewayContext,
  caller: Caller,
  request: { provider?: string | undefined; returnUrl?: string | undefined },
): Promise<CreatePortalSessionResult> {
  const { successUrl: returnUrl } = toRedirects(
    { successUrl: request.returnUrl ?? context.redirects.frontendUrl },
    context.redirects,
  );
  const adapter = await requireAdapter(context, request.provider);
  const action = "Cannot open the portal";
  requireSupport(adapter, "createPortal", action);
  const { userId } = caller;
  const buyer = await readBuyer(context.db, userId);
  const customerId = buyer.providers[adapter.name]?.customerId;
  if (customerId === undefined)
    throw new GatewayError("failed_precondition", `${action}: nothing was bought yet`);
  const opened = await withinLimit(
    context,
    { userId, buyer },
    async () => await adapter.createPortal({ customerId, returnUrl }),
  );
  return { url: requireValue(opened, action) };
}

/** Ends the caller's recurring subscription with its period, or takes that back. */
export async function setCancelAtPeriodEnd(
  context: GatewayContext,
  caller: Caller,
  cancelAtPeriodEnd: boolean,
): Promise<PlanResult> {
  const { userId } = caller;
  const action = cancelAtPeriodEnd ? "Cannot cancel the subscription" : "Cannot resume the subscription";
  const [known, buyer] = await Promise.all([readPlan(context, userId), readBuyer(context.db, userId)]);
  if (!known) throw new GatewayError("failed_precondition", `${action}: there is none`);
  const adapter = await requireAdapter(context, known.provider);
  requireSupport(adapter, "setCancelAtPeriodEnd", action);
  const readAt = context.now();
  const { subscriptionId } = known;
  const idempotencyKey = toKey("plan", [context.newId()]);
  const changed = await withinLimit(
    context,
    { userId, buyer },
    async () => await adapter.setCancelAtPeriodEnd({ subscriptionId, cancelAtPeriodEnd }, { idempotencyKey }),
  );
  const { userId: owner, ...plan } = requireValue(changed, action);
  await savePlan(context, { userId: owner, plan: { ...plan, provider: adapter.name, readAt } });
  return toResult(plan);
}

function toResult(
  plan: Pick<Plan, "subscriptionId" | "status" | "cancelAtPeriodEnd" | "currentPeriodEnd">,
): PlanResult {
  const { subscriptionId, status, cancelAtPeriodEnd, currentPeriodEnd } = plan;
  return {
    subscriptionId,
    status,
    cancelAtPeriodEnd,
    currentPeriodEnd: currentPeriodEnd?.toISOString() ?? null,
  };
}

async function noteEvent(
  { db, now }: GatewayContext,
  provider: string,
  event: ProviderEvent,
): Promise<"processed" | "duplicate"> {
  const ref = webhookEventRef(db, { provider, eventId: event.eventId });
  const notedAt = now();
  return await compareAndSet(db, [ref], (snapshots) => {
    const inbox = readDocument(snapshots, ref, parseWebhookEvent);
    const { outcome, changes } = settleEvent(inbox, { provider, event, now: notedAt });
    return { changes, result: outcome === "applied" ? "processed" : "duplicate" };
  });
}
