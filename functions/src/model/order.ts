import * as z from "zod";
import type * as contract from "../contract/documents.ts";
import { providerId } from "../platform/ids.ts";
import { readsExactly } from "../platform/schema.ts";
import { currency } from "./money.ts";
import { worthSchema, type WithWorth } from "./worth.ts";

export const quantitySchema = z.int().min(1).max(999);

/** An order's fields except its worth, as documents store them. */
export const orderShape = {
  userId: z.string().min(1).max(128),
  productId: providerId,
  priceId: providerId,
  quantity: quantitySchema,
  currency,
};

/** What a buyer was shown and gets. The provider keeps a copy, from which a lost session is rebuilt. */
export type Order = WithWorth<contract.Order>;
export const orderSchema = readsExactly<Order>()(z.object({ ...orderShape, worth: worthSchema }));
