import { createHash } from "node:crypto";

/** An idempotency key that says the same for the same parts, and nothing about them. */
export function toKey(purpose: string, parts: readonly string[]): string {
  return `${purpose}_${createHash("sha256").update(JSON.stringify(parts)).digest("hex")}`;
}
