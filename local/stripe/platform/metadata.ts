import { invalidRequest } from "./errors.ts";
import type { Param } from "./params.ts";

type Metadata = Readonly<Record<string, string>>;

const limits = { keys: 50, keyLength: 40, valueLength: 500 };

/** Stripe's metadata; null unsets all of it, an empty value unsets its key. */
export const metadata: Param<Metadata | null> = {
  inner: [],
  decode(value, path) {
    if (value === "") return null;
    if (typeof value === "string") throw invalidRequest("Invalid object", { param: path });
    if (value.size > limits.keys) {
      throw invalidRequest(`You can only have up to ${limits.keys} metadata keys`, { param: path });
    }
    return Object.fromEntries([...value].map(([key, text]) => [key, requireEntry(key, text, path)]));
  },
};

function requireEntry(key: string, value: unknown, path: string): string {
  const param = `${path}[${key}]`;
  if (typeof value !== "string") throw invalidRequest("Metadata values must be strings", { param });
  if (key.length > limits.keyLength) {
    throw invalidRequest(`Metadata keys can have up to ${limits.keyLength} characters`, { param });
  }
  if (value.length > limits.valueLength) {
    throw invalidRequest(
      `Metadata values can have up to ${limits.valueLength} characters, but you passed in a value that is ${value.length} characters.`,
      { param },
    );
  }
  return value;
}

/** The metadata after an update: given keys win, keys given empty are removed, null removes all. */
export function mergeMetadata(
  current: Metadata,
  change: Metadata | null | undefined,
): Record<string, string> {
  if (change === null) return {};
  return Object.fromEntries(Object.entries({ ...current, ...change }).filter(([, value]) => value !== ""));
}
