import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Random letters and digits, like the end of Stripe's ids. */
export function randomText(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      // Bytes beyond the last whole multiple of the alphabet would favor its first letters.
      if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
}

/** An id as Stripe writes it: `prod_`, `cus_` with 14 characters, `cs_test_` and `cs_live_` with 58, the rest with 24. */
export function newId(prefix: string): string {
  const lengths: Readonly<Record<string, number>> = { prod: 14, cus: 14, req: 14, cs_test: 58, cs_live: 58 };
  return `${prefix}_${randomText(lengths[prefix] ?? 24)}`;
}
