import * as z from "zod";
import { priceIntervals, priceTypes } from "../contract/codes.ts";
import type * as contract from "../contract/documents.ts";
import { currency, minorUnits } from "../model/money.ts";
import { productWorthSchema, toFlatWorth, toNestedWorth, type WithWorth } from "../model/worth.ts";
import { translatedDocumentOf } from "../platform/document.ts";
import { providerName } from "../platform/ids.ts";
import { instant, stamps } from "../platform/instant.ts";
import { readsExactly } from "../platform/schema.ts";

export const productSchema = readsExactly<contract.Product>()(
  z.object({
    ...productWorthSchema.shape,
    provider: providerName,
    active: z.boolean(),
    name: z.string(),
    description: z.string().nullable(),
    images: z.array(z.string()),
    defaultPriceId: z.string().nullable(),
    prices: z.record(
      z.string(),
      z.object({
        amount: minorUnits,
        currency,
        active: z.boolean(),
        type: z.enum(priceTypes),
        interval: z.enum(priceIntervals).nullable(),
      }),
    ),
    readAt: instant,
    ...stamps,
  }),
);

/** A product of the catalogue: what it costs and what a unit is worth, as read from the provider at `readAt`. */
export type Product = WithWorth<contract.Product>;

export const productDocument = translatedDocumentOf<typeof productSchema, Product>(productSchema, {
  toValue: toNestedWorth,
  toStored: toFlatWorth,
});
