import { inspect } from "node:util";
import { LoggedError } from "./errors.ts";

/** What a log line says of an error: what it is about, if it knows, and all of its causes. */
export function toLogFields(error: unknown): Record<string, unknown> {
  if (error instanceof LoggedError) return { ...error.fields, error: inspect(error.cause) };
  return { error: inspect(error) };
}
