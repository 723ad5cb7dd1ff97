import * as z from "zod";
import type * as contract from "../contract/documents.ts";
import { planSchema } from "../model/plan.ts";
import { documentOf } from "../platform/document.ts";
import { stamps } from "../platform/instant.ts";
import { readsExactly } from "../platform/schema.ts";

export const planDocumentSchema = readsExactly<contract.PlanDocument>()(
  planSchema.extend({ userId: z.string(), ...stamps }),
);

export const planDocument = documentOf(planDocumentSchema);

/** The plan in the document of a user's account. The rest of that document is the ledger's. */
export const planHolderDocument = documentOf(z.object({ plan: planSchema.optional() }));
