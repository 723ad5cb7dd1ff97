import * as z from "zod";
import { orderSchema, wholeNumberText, type Order } from "../types.ts";

/**
 * The order as string metadata at the provider. `gatewayProject` tells this project's checkouts from those of others
 * on a shared provider account: whatever lacks it is foreign.
 */
const metadataSchema = z
  .object({
    userId: z.string(),
    productId: z.string(),
    priceId: z.string(),
    quantity: wholeNumberText,
    currency: z.string(),
    creditsAmount: wholeNumberText,
    subscriptionDays: wholeNumberText.optional(),
  })
  .transform(({ subscriptionDays, ...order }) => ({ ...order, subscriptionDays: subscriptionDays ?? null }))
  .pipe(orderSchema);

export function toMetadata(order: Order, projectId: string): Record<string, string> {
  const { subscriptionDays, quantity, creditsAmount, ...names } = order;
  return {
    gatewayProject: projectId,
    ...names,
    quantity: String(quantity),
    creditsAmount: String(creditsAmount),
    ...(subscriptionDays !== null && { subscriptionDays: String(subscriptionDays) }),
  };
}

/** `unreadable`: of this project, but changed by hand so that it says nothing any more. */
export type OrderMetadata =
  { outcome: "order"; order: Order } | { outcome: "unreadable" } | { outcome: "foreign" };

export function parseMetadata(metadata: unknown, projectId: string): OrderMetadata {
  const owner = z.object({ gatewayProject: z.literal(projectId) }).safeParse(metadata);
  if (!owner.success) return { outcome: "foreign" };
  const parsed = metadataSchema.safeParse(metadata);
  return parsed.success ? { outcome: "order", order: parsed.data } : { outcome: "unreadable" };
}
