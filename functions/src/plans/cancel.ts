import * as z from "zod";
import { requireAdapter, requireSupport, requireValue, type ProviderContext } from "../adapters/require.ts";
import { readBuyer } from "../buyers/db.ts";
import { withinLimit, type LimitContext } from "../buyers/limits.ts";
import type { NoInput, PlanResult } from "../contract/calls.ts";
import type { Plan } from "../contract/documents.ts";
import { Committer } from "../inbox/committer.ts";
import type { Caller } from "../platform/caller.ts";
import { GatewayError } from "../platform/errors.ts";
import { toKey } from "../platform/ids.ts";
import { acceptsExactly } from "../platform/schema.ts";
import { readPlan } from "./db.ts";
import { savePlan } from "./save.ts";

export const planChangeInput = acceptsExactly<NoInput>()(z.strictObject({}).nullish());

/** Cancels the caller's recurring subscription at the end of its period. */
export async function cancelSubscription(context: PlanContext, caller: Caller): Promise<PlanResult> {
  return await setCancelAtPeriodEnd(context, caller, {
    cancelAtPeriodEnd: true,
    action: "Cannot cancel the subscription",
  });
}

/** Takes back a cancellation. */
export async function resumeSubscription(context: PlanContext, caller: Caller): Promise<PlanResult> {
  return await setCancelAtPeriodEnd(context, caller, {
    cancelAtPeriodEnd: false,
    action: "Cannot resume the subscription",
  });
}

export interface PlanContext extends ProviderContext, LimitContext {
  readonly newId: () => string;
}

async function setCancelAtPeriodEnd(
  context: PlanContext,
  { userId }: Caller,
  { cancelAtPeriodEnd, action }: { cancelAtPeriodEnd: boolean; action: string },
): Promise<PlanResult> {
  const { db } = context;
  const [known, buyer] = await Promise.all([readPlan(db, userId), readBuyer(db, userId)]);
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
  const { userId: owner, ...found } = requireValue(changed, action);
  const plan = { ...found, provider: adapter.name, readAt };
  await savePlan(context, { userId: owner, plan }, new Committer(context));
  return toResult(plan);
}

function toResult(plan: Plan): PlanResult {
  const { subscriptionId, status, cancelAtPeriodEnd, cancelAt, currentPeriodEnd } = plan;
  return {
    subscriptionId,
    status,
    cancelAtPeriodEnd,
    cancelAt: cancelAt?.toISOString() ?? null,
    currentPeriodEnd: currentPeriodEnd?.toISOString() ?? null,
  };
}
