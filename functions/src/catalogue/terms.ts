import * as z from "zod";
import type { Worth } from "../contract/documents.ts";
import { quantitySchema } from "../model/order.ts";
import {
  mergeMetadata,
  parseWorth,
  productWorthSchema,
  wholeNumberText,
  type Metadata,
} from "../model/worth.ts";
import { freeTimesSchema } from "./documents.ts";

/** What the metadata of a product says about buying a unit of it at one of its prices. */
export interface Terms {
  worth: Worth;
  maxQuantity: number;
  freeTimes: number;
  /** Whether one user may have several live subscriptions of it at once. */
  allowSeveral: boolean;
}

/** What an order may have if neither the price nor the product says more. */
export const DEFAULT_MAX_QUANTITY = 1;
export const DEFAULT_FREE_TIMES = 1;

const limitsTextSchema = z.object({
  maxQuantity: wholeNumberText.pipe(quantitySchema).default(DEFAULT_MAX_QUANTITY),
  freeTimes: wholeNumberText.pipe(freeTimesSchema).default(DEFAULT_FREE_TIMES),
  allowSeveral: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
});

/** Or why they are not valid. What is not valid is not sold: nobody knows what it was meant to be. */
export function parseTerms(price: Metadata, product: Metadata): Terms | string {
  const metadata = mergeMetadata(price, product);
  const worth = parseWorth(metadata, productWorthSchema);
  if (!worth) return "its metadata has no valid creditsAmount and subscriptionDays";
  const limits = limitsTextSchema.safeParse(metadata);
  if (limits.success) return { worth, ...limits.data };
  const fields = limits.error.issues.flatMap(({ path }) => path).join(", ");
  return `its metadata has no valid ${fields}`;
}

/** How many units an order may have at most, by the product's metadata alone. */
export function parseMaxQuantity(product: Metadata): number {
  return limitsTextSchema.shape.maxQuantity.safeParse(product["maxQuantity"]).data ?? DEFAULT_MAX_QUANTITY;
}
