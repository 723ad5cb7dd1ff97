import { inspect } from "node:util";
import { EventError } from "./errors.ts";

/** What a log line says of an error: which event it stopped, where it was one, and all of its causes. */
export function toLogFields(error: unknown): Record<string, unknown> {
  if (error instanceof EventError) return { ...error.event, error: inspect(error.cause) };
  return { error: inspect(error) };
}
