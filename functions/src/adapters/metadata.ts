import * as z from "zod";
import { toKey } from "../platform/key.ts";
import { orderSchema, wholeNumberText, type Order } from "../contract/types.ts";

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
    orderHash: toOrderHash(order, projectId),
  };
}

/** Whether metadata are of this project's making: an account may serve others, too. */
export function isOwn(metadata: unknown, projectId: string): boolean {
  return readOwn(metadata, "gatewayProject") === projectId;
}

/**
 * `unreadable`: of this project, but changed by hand so that it says nothing any more. `isOriginal`: the order is as it
 * was written, so that it says what our own documents say.
 */
export type OrderMetadata =
  | { outcome: "order"; order: Order; isOriginal: boolean }
  | { outcome: "unreadable" }
  | { outcome: "foreign" };

export function parseMetadata(metadata: unknown, projectId: string): OrderMetadata {
  if (!isOwn(metadata, projectId)) return { outcome: "foreign" };
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) return { outcome: "unreadable" };
  const order = parsed.data;
  return {
    outcome: "order",
    order,
    isOriginal: readOwn(metadata, "orderHash") === toOrderHash(order, projectId),
  };
}

function readOwn(metadata: unknown, name: string): unknown {
  const isThere = typeof metadata === "object" && metadata !== null && Object.hasOwn(metadata, name);
  return isThere ? Reflect.get(metadata, name) : undefined;
}

function toOrderHash(order: Order, projectId: string): string {
  const { userId, productId, priceId, quantity, currency, creditsAmount, subscriptionDays } = order;
  const numbers = [quantity, creditsAmount, subscriptionDays].map(String);
  return toKey("order", [projectId, userId, productId, priceId, currency, ...numbers]);
}
