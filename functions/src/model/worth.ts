import * as z from "zod";
import type { Worth } from "../contract/documents.ts";
import { GatewayError } from "../platform/errors.ts";
import { readsExactly } from "../platform/schema.ts";

/** A whole number as a provider's metadata stores it: as text. */
export const wholeNumberText = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number);

/*
 * What a product gives is one value in the program. Documents and the provider's metadata store it flat, under the
 * names of its attributes. A new attribute needs a line in each of the two schemas, `toWorthText`, `toWorthParts` and
 * `toNestedWorth`.
 */

const creditsAmount = z.int().min(0).max(1_000_000_000);
const subscriptionDays = z.int().min(1).max(36_500);

/** The attributes as documents store them. */
export const worthSchema = readsExactly<Worth>()(
  z.object({ creditsAmount, subscriptionDays: subscriptionDays.nullable() }),
);

/** The attributes of a product on sale: one without credits is not sold. */
export const productWorthSchema = readsExactly<Worth>()(
  worthSchema.extend({ creditsAmount: creditsAmount.min(1) }),
);

/** The attributes as a provider's metadata stores them. */
const worthTextSchema = z.object({
  creditsAmount: wholeNumberText,
  subscriptionDays: wholeNumberText.optional().transform((days) => days ?? null),
});

/** The worth in a provider's metadata; undefined if it is missing or invalid. */
export function parseWorth(metadata: unknown, schema: z.ZodType<Worth>): Worth | undefined {
  const text = worthTextSchema.safeParse(metadata);
  return text.success ? schema.safeParse(text.data).data : undefined;
}

/** A provider's metadata. */
export type Metadata = Readonly<Record<string, string>>;

/** The metadata of a product at one of its prices: each attribute from the price, or else from the product. */
export function mergeMetadata(price: Metadata, product: Metadata): Metadata {
  return { ...product, ...price };
}

/** Whether metadata says what something is worth, validly or not. */
export function hasWorth(metadata: Metadata): boolean {
  return Object.hasOwn(metadata, "creditsAmount");
}

/**
 * What a price gives; undefined if neither it nor its product says so. Throws `failed_precondition` if what they say is
 * not valid: that is not the same as nothing, and somebody can correct it.
 */
export function toPriceWorth(priceMetadata: Metadata, productMetadata: Metadata): Worth | undefined {
  const metadata = mergeMetadata(priceMetadata, productMetadata);
  if (!hasWorth(metadata)) return undefined;
  const worth = parseWorth(metadata, worthSchema);
  if (worth) return worth;
  throw new GatewayError(
    "failed_precondition",
    "Cannot tell what a price is worth: its metadata creditsAmount or subscriptionDays is not valid",
  );
}

export function toWorthText(worth: Worth): Record<string, string> {
  return {
    creditsAmount: String(worth.creditsAmount),
    ...(worth.subscriptionDays !== null && { subscriptionDays: String(worth.subscriptionDays) }),
  };
}

/** The attributes in a fixed order, to be hashed. */
export function toWorthParts({ creditsAmount: credits, subscriptionDays: days }: Worth): string[] {
  return [credits, days].map(String);
}

/** What several units are worth together. */
export function multiplyWorth(worth: Worth, quantity: number): Worth {
  return { ...worth, creditsAmount: worth.creditsAmount * quantity };
}

/** A document as the program uses it: with its worth as one value. */
export type WithWorth<T extends Worth> = Omit<T, keyof Worth> & { worth: Worth };

export function toNestedWorth<T extends Worth>(stored: T): WithWorth<T> {
  const { creditsAmount: credits, subscriptionDays: days, ...rest } = stored;
  return { ...rest, worth: { creditsAmount: credits, subscriptionDays: days } };
}

/** The attributes beside the other fields, as documents store them. */
export function toFlatWorth<T extends { worth: Worth }>({ worth, ...rest }: T): Omit<T, "worth"> & Worth {
  return { ...rest, ...worth };
}
