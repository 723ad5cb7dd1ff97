import * as z from "zod";
import type * as contract from "../contract/documents.ts";
import { documentOf } from "../platform/document.ts";
import { instant } from "../platform/instant.ts";
import { readsExactly } from "../platform/schema.ts";

export const planSchema = readsExactly<contract.Plan>()(
  z.object({
    provider: z.string(),
    subscriptionId: z.string(),
    status: z.string(),
    productId: z.string().nullable(),
    priceId: z.string().nullable(),
    quantity: z.int().min(0),
    currentPeriodEnd: instant.nullable(),
    trialEnd: instant.nullable(),
    cancelAtPeriodEnd: z.boolean(),
    cancelAt: instant.nullable().exactOptional(),
    readAt: instant,
  }),
);

/** The plan in the document of a user's account. The rest of that document is the ledger's. */
export const planHolderDocument = documentOf(z.object({ plan: planSchema.optional() }));
