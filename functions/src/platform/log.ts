import { inspect } from "node:util";
import { LoggedError } from "./errors.ts";

/** A log line's fields for an error: what it is about, if that is known, and the error with all of its causes. */
export function toLogFields(error: unknown): Record<string, unknown> {
  if (error instanceof LoggedError) return { ...error.fields, error: inspect(error.cause) };
  return { error: inspect(error) };
}
