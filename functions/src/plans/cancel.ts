import * as z from "zod";
import { requireAdapter, requireSupport, requireValue, type ProviderContext } from "../adapters/require.ts";
import { readBuyer } from "../buyers/db.ts";
import { withinLimit, type LimitContext } from "../buyers/limits.ts";
import type { PlanChangeInput, PlanResult } from "../contract/calls.ts";
import { Committer } from "../inbox/committer.ts";
import type { Plan } from "../model/plan.ts";
import type { Caller } from "../platform/caller.ts";
import { GatewayError } from "../platform/errors.ts";
import { providerId, toKey } from "../platform/ids.ts";
import { acceptsExactly } from "../platform/schema.ts";
import { readLivePlans } from "./db.ts";
import { requirePlan } from "./live.ts";
import { fetchPlan } from "./refresh.ts";
import { savePlan, type FoundPlan } from "./save.ts";

export const planChangeInput = acceptsExactly<PlanChangeInput>()(
  z
    .strictObject({ subscriptionId: providerId.optional() })
    .nullish()
    .transform((input) => input ?? {}),
);

type Wanted = z.output<typeof planChangeInput>;

/** Cancels a recurring subscription of the caller's at the end of its period. */
export async function cancelSubscription(
  context: PlanContext,
  caller: Caller,
  wanted: Wanted = {},
): Promise<PlanResult> {
  return await setCancelAtPeriodEnd(context, caller, {
    ...wanted,
    cancelAtPeriodEnd: true,
    action: "Cannot cancel the subscription",
  });
}

/** Takes back a cancellation. */
export async function resumeSubscription(
  context: PlanContext,
  caller: Caller,
  wanted: Wanted = {},
): Promise<PlanResult> {
  return await setCancelAtPeriodEnd(context, caller, {
    ...wanted,
    cancelAtPeriodEnd: false,
    action: "Cannot resume the subscription",
  });
}

export interface PlanContext extends ProviderContext, LimitContext {
  readonly newId: () => string;
}

async function setCancelAtPeriodEnd(
  context: PlanContext,
  caller: Caller,
  wanted: Wanted & { cancelAtPeriodEnd: boolean; action: string },
): Promise<PlanResult> {
  const { cancelAtPeriodEnd, action } = wanted;
  const { userId } = caller;
  const buyer = await readBuyer(context.db, userId);
  const live = await readLivePlans(context.db, { userId, buyer });
  const known = requirePlan(live, { subscriptionId: wanted.subscriptionId, action });
  const adapter = await requireAdapter(context, known.provider);
  requireSupport(adapter, "setCancelAtPeriodEnd", action);
  const { subscriptionId } = known;
  const idempotencyKey = toKey("plan", [context.newId()]);
  let isChanged = false;
  const change = async (): Promise<FoundPlan> => {
    const readAt = context.now();
    const changed = await withinLimit(
      context,
      { ...caller, buyer },
      async () =>
        await adapter.setCancelAtPeriodEnd({ subscriptionId, cancelAtPeriodEnd }, { idempotencyKey }),
    );
    const { userId: owner, customerId, ...found } = requireValue(changed, action);
    isChanged = true;
    return { userId: owner, customerId, plan: { ...found, provider: adapter.name, readAt } };
  };
  const fetch = async () => (isChanged ? await fetchPlan(context, adapter, subscriptionId) : await change());
  const saved = await savePlan(context, known, fetch, new Committer(context));
  const plan = saved?.result.plan ?? known;
  if (!cancelAtPeriodEnd && plan.cancelAtPeriodEnd) {
    throw new GatewayError("failed_precondition", `${action}: a schedule of the shop's ends it`);
  }
  return toResult(plan);
}

function toResult(plan: Plan): PlanResult {
  const { subscriptionId, status, cancelAtPeriodEnd, cancelAt, currentPeriodEnd, droppedChange } = plan;
  return {
    subscriptionId,
    status,
    cancelAtPeriodEnd,
    cancelAt: cancelAt?.toISOString() ?? null,
    currentPeriodEnd: currentPeriodEnd?.toISOString() ?? null,
    ...(droppedChange && { droppedChange: { ...droppedChange, at: droppedChange.at.toISOString() } }),
  };
}
