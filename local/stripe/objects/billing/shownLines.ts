const SHOWN = 10;

/**
 * For `JSON.stringify`: an invoice or a credit note shows its first ten lines, and has a list of its own for the rest.
 * Source: https://docs.stripe.com/api/invoices/object#invoice_object-lines
 */
export function cutLines(key: string, value: unknown): unknown {
  if (key !== "lines" || !isLongList(value)) return value;
  return { ...value, data: value.data.slice(0, SHOWN), has_more: true };
}

function isLongList(value: unknown): value is { data: unknown[] } {
  const data: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "data") : undefined;
  return Array.isArray(data) && data.length > SHOWN;
}
