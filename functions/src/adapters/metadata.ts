import * as z from "zod";
import { orderSchema, type Order } from "../model/order.ts";
import { parseWorth, toWorthParts, toWorthText, wholeNumberText, worthSchema } from "../model/worth.ts";
import { toKey } from "../platform/ids.ts";

/**
 * The order as string metadata at the provider, but for its worth. `gatewayProject` tells this project's checkouts from
 * those of others on a shared provider account: whatever lacks it is foreign.
 */
const metadataSchema = z.object({
  userId: z.string(),
  productId: z.string(),
  priceId: z.string(),
  quantity: wholeNumberText,
  currency: z.string(),
});

export function toMetadata(order: Order, projectId: string): Record<string, string> {
  const { worth, quantity, ...names } = order;
  return {
    gatewayProject: projectId,
    ...names,
    quantity: String(quantity),
    ...toWorthText(worth),
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
  const order = parseOrder(metadata);
  if (!order) return { outcome: "unreadable" };
  const isOriginal = readOwn(metadata, "orderHash") === toOrderHash(order, projectId);
  return { outcome: "order", order, isOriginal };
}

function parseOrder(metadata: unknown): Order | undefined {
  const names = metadataSchema.safeParse(metadata);
  const worth = parseWorth(metadata, worthSchema);
  return names.success && worth ? orderSchema.safeParse({ ...names.data, worth }).data : undefined;
}

function readOwn(metadata: unknown, name: string): unknown {
  const isThere = typeof metadata === "object" && metadata !== null && Object.hasOwn(metadata, name);
  return isThere ? Reflect.get(metadata, name) : undefined;
}

function toOrderHash(order: Order, projectId: string): string {
  const { userId, productId, priceId, quantity, currency, worth } = order;
  const numbers = [String(quantity), ...toWorthParts(worth)];
  return toKey("order", [projectId, userId, productId, priceId, currency, ...numbers]);
}
