export const undecodable = Symbol("undecodable");

/** Inputs have at most three levels, and the fuzzer's deep values far more than this. */
const MAX_DEPTH = 12;

const WHOLE_NUMBERS = ["Int64Value", "UInt64Value"].map(
  (name) => `type.googleapis.com/google.protobuf.${name}`,
);

/**
 * The data as the callables' protocol means it, or `undecodable`.
 * Source: https://firebase.google.com/docs/functions/callable-reference#serialization
 */
export function decode(data: unknown, depth = 0): unknown {
  if (typeof data !== "object" || data === null) return data;
  if (depth >= MAX_DEPTH || Object.hasOwn(data, "__proto__")) return undecodable;
  const { "@type": type, value }: { "@type"?: unknown; value?: unknown } = data;
  if (type) return WHOLE_NUMBERS.some((known) => known === type) ? toNumber(value) : undecodable;
  const entries = Object.entries(data).map(([key, inner]) => [key, decode(inner, depth + 1)] as const);
  if (entries.some(([, inner]) => inner === undecodable)) return undecodable;
  return Array.isArray(data) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

function toNumber(value: unknown): unknown {
  const parsed =
    typeof value === "string" || typeof value === "number" ? Number.parseFloat(String(value)) : NaN;
  return Number.isNaN(parsed) ? undecodable : parsed;
}
