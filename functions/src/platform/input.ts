import type { z } from "zod";
import { GatewayError } from "./errors.ts";

/** Long enough for all of our fields; unknown fields in the input may have names of any length. */
const MAX_REASON_LENGTH = 500;

/** Throws a GatewayError `invalid_argument` that names each wrong field with its path and reason. */
export function requireInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join(".") || "data"}: ${issue.message}`);
  throw new GatewayError("invalid_argument", reasons.join("; ").slice(0, MAX_REASON_LENGTH));
}
