import * as z from "zod";
import type * as contract from "../contract/documents.ts";
import { instant } from "../platform/instant.ts";
import { readsExactly } from "../platform/schema.ts";

export const planSchema = readsExactly<contract.Plan>()(
  z.object({
    provider: z.string(),
    subscriptionId: z.string(),
    status: z.string(),
    productId: z.string().nullable(),
    priceId: z.string().nullable(),
    quantity: z.int().min(0),
    currentPeriodEnd: instant.nullable(),
    trialEnd: instant.nullable(),
    cancelAtPeriodEnd: z.boolean(),
    cancelAt: instant.nullable().exactOptional(),
    droppedChange: z
      .object({
        productId: z.string().nullable(),
        priceId: z.string().nullable(),
        quantity: z.int().min(0),
        at: instant,
      })
      .exactOptional(),
    readAt: instant,
  }),
);

export type Plan = contract.Plan;

/** The states in which a recurring subscription goes on, or can again. Source: https://docs.stripe.com/api/subscriptions/object#subscription_object-status */
export const liveStatuses = ["active", "incomplete", "past_due", "paused", "trialing", "unpaid"] as const;

/** The states that a recurring subscription does not come back from. */
const ended: ReadonlySet<string> = new Set(["canceled", "incomplete_expired"]);

export function isLive({ status }: Pick<Plan, "status">): boolean {
  return !ended.has(status);
}

/** The id of a plan's document. */
export function toPlanId({ provider, subscriptionId }: Pick<Plan, "provider" | "subscriptionId">): string {
  return `${provider}_${subscriptionId}`;
}

export function isSamePlan(a: Plan, b: Plan): boolean {
  return toPlanId(a) === toPlanId(b);
}

export function isOfSameProduct(a: Plan, b: Pick<Plan, "provider" | "productId">): boolean {
  return a.productId !== null && a.productId === b.productId && a.provider === b.provider;
}

/** Of several plans the one that ends last: one that goes on has no end, and of several of those the next renewal counts. */
export function toLastEnding(plans: readonly Plan[]): Plan | undefined {
  return plans.toSorted(
    (a, b) => Number(a.cancelAtPeriodEnd) - Number(b.cancelAtPeriodEnd) || toEndMs(b) - toEndMs(a),
  )[0];
}

function toEndMs({ cancelAt, currentPeriodEnd }: Plan): number {
  return (cancelAt ?? currentPeriodEnd)?.getTime() ?? 0;
}
