import type { Buyer } from "../buyers/documents.ts";
import { isLive, isSamePlan, toPlanId, type Plan } from "../model/plan.ts";
import { GatewayError } from "../platform/errors.ts";

/**
 * The live plans of a buyer. A buyer whose plans were never written has at most the one plan of their account, which was
 * the only place for plans before.
 */
export function toLivePlans({ plans }: Pick<Buyer, "plans">, inAccount: Plan | undefined): Plan[] {
  if (plans) return Object.values(plans);
  return inAccount && isLive(inAccount) ? [inAccount] : [];
}

/** The live plans after a newer read of one of them. */
export function replacePlan(live: readonly Plan[], plan: Plan): Plan[] {
  const others = live.filter((known) => !isSamePlan(known, plan));
  return isLive(plan) ? [...others, plan] : others;
}

export function toPlansById(live: readonly Plan[]): Record<string, Plan> {
  return Object.fromEntries(live.map((plan) => [toPlanId(plan), plan]));
}

/** The live plan that is meant, which has to be named only if there are several. Throws a refusal without one. */
export function requirePlan(
  live: readonly Plan[],
  { subscriptionId, action }: { subscriptionId: string | undefined; action: string },
): Plan {
  const meant = live.filter((plan) => subscriptionId === undefined || plan.subscriptionId === subscriptionId);
  const [plan, ...others] = meant;
  if (plan && others.length === 0) return plan;
  if (subscriptionId !== undefined) {
    throw new GatewayError("not_found", `${action}: "${subscriptionId}" is no live subscription of yours`);
  }
  if (!plan) throw new GatewayError("failed_precondition", `${action}: there is none`);
  const subscriptionIds = live.map((known) => known.subscriptionId);
  const reason = `there are ${live.length}, and a subscriptionId must say which: ${subscriptionIds.join(", ")}`;
  throw new GatewayError("failed_precondition", `${action}: ${reason}`, { subscriptionIds });
}
