import { z } from "zod";
import { orderSchema, type Order } from "../types.ts";

/**
 * The order as string metadata at the provider. `gatewayProject` tells this project's checkouts from those of others
 * on a shared provider account: whatever lacks it is foreign.
 */
const metadataSchema = z
  .object({
    userId: z.string(),
    productId: z.string(),
    priceId: z.string(),
    quantity: z.coerce.number(),
    currency: z.string(),
    creditsAmount: z.coerce.number(),
    subscriptionDays: z.coerce.number().optional(),
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

/** Undefined for metadata that is not of this project's making. */
export function parseMetadata(metadata: unknown, projectId: string): Order | undefined {
  const owner = z.object({ gatewayProject: z.literal(projectId) }).safeParse(metadata);
  if (!owner.success) return undefined;
  const parsed = metadataSchema.safeParse(metadata);
  return parsed.success ? parsed.data : undefined;
}
