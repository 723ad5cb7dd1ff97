import * as z from "zod";
import { orderSchema, type Order } from "../model/order.ts";
import { parseWorth, toWorthParts, toWorthText, wholeNumberText, worthSchema } from "../model/worth.ts";
import { toKey } from "../platform/ids.ts";

/**
 * The order in a provider's metadata, except its worth. Metadata without this project's `gatewayProject` is foreign,
 * since projects may share a provider account.
 */
const metadataSchema = z.object({
  userId: z.string(),
  productId: z.string(),
  priceId: z.string(),
  quantity: wholeNumberText,
  currency: z.string(),
});

/** The order as metadata for a provider's objects; `parseMetadata` reads it back. */
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

/** Whether metadata is this project's: a provider account may serve several. */
export function isOurs(metadata: unknown, projectId: string): boolean {
  return readField(metadata, "gatewayProject") === projectId;
}

/**
 * `unreadable`: this project's, but changed by hand until it says nothing. `isOriginal`: the order is as it was
 * written, so it says what our own documents say.
 */
export type OrderMetadata =
  | { outcome: "order"; order: Order; isOriginal: boolean }
  | { outcome: "unreadable" }
  | { outcome: "foreign" };

export function parseMetadata(metadata: unknown, projectId: string): OrderMetadata {
  if (!isOurs(metadata, projectId)) return { outcome: "foreign" };
  const order = parseOrder(metadata);
  if (!order) return { outcome: "unreadable" };
  const isOriginal = readField(metadata, "orderHash") === toOrderHash(order, projectId);
  return { outcome: "order", order, isOriginal };
}

function parseOrder(metadata: unknown): Order | undefined {
  const names = metadataSchema.safeParse(metadata);
  const worth = parseWorth(metadata, worthSchema);
  return names.success && worth ? orderSchema.safeParse({ ...names.data, worth }).data : undefined;
}

/** Undefined also for a field that is only inherited. */
function readField(metadata: unknown, name: string): unknown {
  const isThere = typeof metadata === "object" && metadata !== null && Object.hasOwn(metadata, name);
  return isThere ? Reflect.get(metadata, name) : undefined;
}

function toOrderHash(order: Order, projectId: string): string {
  const { userId, productId, priceId, quantity, currency, worth } = order;
  const numbers = [String(quantity), ...toWorthParts(worth)];
  return toKey("order", [projectId, userId, productId, priceId, currency, ...numbers]);
}
