import { createHash } from "node:crypto";
import * as z from "zod";

export const providerName = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "Expected a provider's name");

/** Provider ids become document ids: no slash, no dot, and no name that Firestore reserves (`__name__`). */
export const providerId = z
  .string()
  .regex(/^(?!__.*__$)[A-Za-z0-9_-]{1,200}$/, "Expected 1 to 200 letters, digits, '_' and '-'");

export const requestIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "Expected 1 to 64 letters, digits, '_' and '-'");

/**
 * A user's id, which becomes a document id: no slash, no dots alone, no name that Firestore reserves (`__name__`), and
 * well-formed Unicode. Firebase lets an app's server choose other ids, such as a URL.
 * Source: https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields
 */
export const userIdSchema = z
  .string()
  .regex(/^(?!\.{1,2}$)(?!__.*__$)[^/]{1,128}$/s, "Expected a user id of 1 to 128 characters without a slash")
  .refine((id) => id.isWellFormed(), "Expected a user id in Unicode");

/** A document's id, as far as those of ours go: none has a slash. */
export const documentId = z
  .string()
  .regex(
    /^(?!\.{1,2}$)(?!__.*__$)[^/]{1,200}$/s,
    "Expected a document's id of 1 to 200 characters without a slash",
  )
  .refine((id) => id.isWellFormed(), "Expected a document's id in Unicode");

/** An idempotency key that is the same for the same parts and does not reveal them. */
export function toKey(purpose: string, parts: readonly string[]): string {
  return `${purpose}_${toHash(parts)}`;
}

/** The same for the same parts. Stored with what was done under a key, it tells whether a repeated call is the same. */
export function toHash(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
