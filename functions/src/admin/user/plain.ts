/** What Firestore stores of a value, as JSON: times as ISO 8601 text, references as their paths. */
export function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  // JSON has no word for it, and a callable would refuse to answer at all.
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if ("toDate" in value && typeof value.toDate === "function") return toPlain(value.toDate());
  if ("path" in value && "firestore" in value) return value.path;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return toPlainFields(value);
}

export function toPlainFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, toPlain(field)]));
}
