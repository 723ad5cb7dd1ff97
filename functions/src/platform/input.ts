import type { z } from "zod";
import { GatewayError } from "./errors.ts";

/** Long enough for every field there is; the input's own names for fields can be as long as the input. */
const MAX_REASON_LENGTH = 500;

/** Refuses what does not fit with the code `invalid_argument`, each field with its path and reason. */
export function requireInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join(".") || "data"}: ${issue.message}`);
  throw new GatewayError("invalid_argument", reasons.join("; ").slice(0, MAX_REASON_LENGTH));
}
