import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { orderSchema, type Order } from "../model/order.ts";
import { parseWorth, toWorthParts, toWorthText, wholeNumberText, worthSchema } from "../model/worth.ts";

/** Whose orders the metadata is for, and the key of their seals. */
export interface Issuer {
  projectId: string;
  sealKey: string;
}

/** Derived from the provider's API key, so that whoever can only edit metadata cannot seal an order. */
export function toIssuer(projectId: string, apiKey: string): Issuer {
  return { projectId, sealKey: createHmac("sha256", apiKey).update("gateway order seal").digest("hex") };
}

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

/** An order as the provider keeps it. `subtotal` is what it costs before discounts, in minor units of its currency. */
export interface SoldOrder {
  order: Order;
  subtotal: number;
}

const subtotalText = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** The order as metadata for a provider's objects; `parseMetadata` reads it back. */
export function toMetadata(sold: SoldOrder, issuer: Issuer): Record<string, string> {
  const { worth, quantity, ...names } = sold.order;
  return {
    gatewayProject: issuer.projectId,
    ...names,
    quantity: String(quantity),
    ...toWorthText(worth),
    subtotal: String(sold.subtotal),
    seal: toSeal(sold, issuer),
  };
}

/** Whether metadata is this project's: a provider account may serve several. */
export function isOurs(metadata: unknown, projectId: string): boolean {
  return readField(metadata, "gatewayProject") === projectId;
}

/**
 * `unreadable`: this project's, but changed by hand until it says nothing. `subtotal` is there if the order is as it was
 * written. Otherwise somebody has changed it, the API key is another one, or it was written before orders were sealed;
 * it then says whose the money is, but not what it buys.
 */
export type OrderMetadata =
  | { outcome: "order"; order: Order; subtotal: number | undefined }
  | { outcome: "unreadable" }
  | { outcome: "foreign" };

export function parseMetadata(metadata: unknown, issuer: Issuer): OrderMetadata {
  if (!isOurs(metadata, issuer.projectId)) return { outcome: "foreign" };
  const order = parseOrder(metadata);
  if (!order) return { outcome: "unreadable" };
  const subtotal = subtotalText.safeParse(readField(metadata, "subtotal")).data;
  const isSealed = subtotal !== undefined && hasSeal(metadata, toSeal({ order, subtotal }, issuer));
  return { outcome: "order", order, subtotal: isSealed ? subtotal : undefined };
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

function hasSeal(metadata: unknown, expected: string): boolean {
  const found = readField(metadata, "seal");
  if (typeof found !== "string" || found.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(found), Buffer.from(expected));
}

function toSeal({ order, subtotal }: SoldOrder, { projectId, sealKey }: Issuer): string {
  const { userId, productId, priceId, quantity, currency, worth } = order;
  const numbers = [quantity, subtotal].map(String).concat(toWorthParts(worth));
  const parts = [projectId, userId, productId, priceId, currency, ...numbers];
  return createHmac("sha256", sealKey).update(JSON.stringify(parts)).digest("hex");
}
