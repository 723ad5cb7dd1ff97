import * as z from "zod";
import { priceIntervals, priceTypes } from "../contract/codes.ts";
import type * as contract from "../contract/documents.ts";
import { currency, minorUnits } from "../model/money.ts";
import { quantitySchema } from "../model/order.ts";
import { productWorthSchema, toFlatWorth, toNestedWorth, type WithWorth } from "../model/worth.ts";
import { documentOf, translatedDocumentOf } from "../platform/document.ts";
import { providerName } from "../platform/ids.ts";
import { instant, stamps } from "../platform/instant.ts";
import { readsExactly } from "../platform/schema.ts";

/** How often something may be had without being asked for money. */
export const freeTimesSchema = z.int().min(1).max(1_000_000);

const priceShape = {
  amount: minorUnits,
  currency,
  active: z.boolean(),
  type: z.enum(priceTypes),
  interval: z.enum(priceIntervals).nullable(),
  intervalCount: z.int().min(1).exactOptional(),
  currencyOptions: z.record(currency, minorUnits).exactOptional(),
  maxQuantity: quantitySchema.exactOptional(),
  freeTimes: freeTimesSchema.exactOptional(),
  allowSeveral: z.boolean().exactOptional(),
};

const priceSchema = readsExactly<contract.Price>()(
  z.object({
    ...priceShape,
    creditsAmount: productWorthSchema.shape.creditsAmount.exactOptional(),
    subscriptionDays: productWorthSchema.shape.subscriptionDays.exactOptional(),
  }),
);

export const productSchema = readsExactly<contract.Product>()(
  z.object({
    ...productWorthSchema.shape,
    provider: providerName,
    active: z.boolean(),
    name: z.string(),
    description: z.string().nullable(),
    images: z.array(z.string()),
    defaultPriceId: z.string().nullable(),
    prices: z.record(z.string(), priceSchema),
    maxQuantity: quantitySchema.exactOptional(),
    readAt: instant,
    ...stamps,
  }),
);

/** A price of a product in the catalogue. `worth` is that of a unit; absent from old documents, see `contract.Price`. */
export type ProductPrice = Omit<contract.Price, keyof contract.Worth> & { worth?: contract.Worth };

/** A product of the catalogue: what of it is for sale, as read from the provider at `readAt`. */
export type Product = Omit<WithWorth<contract.Product>, "prices"> & { prices: Record<string, ProductPrice> };

/**
 * Others have a collection of that name, too, Stripe's Firebase extension for one. All products that we wrote say of which
 * provider they are and when they were read; one that says neither is not ours.
 */
export const productDocument = translatedDocumentOf<typeof productSchema, Product>(productSchema, {
  isOurs: (snapshot) => snapshot.get("provider") !== undefined || snapshot.get("readAt") !== undefined,
  toValue: ({ prices, ...product }) => ({ ...toNestedWorth(product), prices: mapValues(prices, toPrice) }),
  toStored: ({ prices, ...product }) => ({
    ...toFlatWorth(product),
    prices: mapValues(prices, ({ worth, ...price }) => ({ ...price, ...worth })),
  }),
});

function toPrice(stored: contract.Price): ProductPrice {
  const { creditsAmount, subscriptionDays = null, ...price } = stored;
  return creditsAmount === undefined ? price : { ...price, worth: { creditsAmount, subscriptionDays } };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/**
 * `products/{productId}/private/offer`: why active prices of the product are not for sale, by their id. No client reads it;
 * it is there only if there is or was such a price.
 */
const offerSchema = z.object({ prices: z.record(z.string(), z.string()), ...stamps });

export type Withheld = z.output<typeof offerSchema>;
export const withheldDocument = documentOf(offerSchema);
