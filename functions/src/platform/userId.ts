import * as z from "zod";

/**
 * A user's id, which becomes a document id: no slash, no dots alone, none of Firestore's own (`__name__`), and text that
 * can be written as UTF-8. Firebase lets an app's server choose others, such as an address.
 * Source: https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields
 */
export const userIdSchema = z
  .string()
  .regex(/^(?!\.{1,2}$)(?!__.*__$)[^/]{1,128}$/s, "Expected a user id of 1 to 128 characters without a slash")
  .refine((id) => id.isWellFormed(), "Expected a user id in Unicode");
