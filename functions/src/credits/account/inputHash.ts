import { createHash } from "node:crypto";

/** Stored beside what was done under a key, so that the same key with another input can be told apart. */
export function toInputHash(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
