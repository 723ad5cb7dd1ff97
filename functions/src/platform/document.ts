import type { DocumentSnapshot } from "@google-cloud/firestore";
import * as z from "zod";

/** A document as its schema reads it; undefined when there is none. A document of another shape is a bug and throws. */
export function parseDocument<T extends z.ZodType>(
  snapshot: DocumentSnapshot,
  schema: T,
): z.output<T> | undefined {
  if (!snapshot.exists) return undefined;
  const parsed = schema.safeParse(snapshot.data());
  if (parsed.success) return parsed.data;
  throw new Error(`Cannot read document "${snapshot.ref.path}": ${z.prettifyError(parsed.error)}`);
}
