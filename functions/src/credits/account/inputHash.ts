import { createHash } from "node:crypto";

/** Stored with what was done under a key, so that the same key with another input is noticed. */
export function toInputHash(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
