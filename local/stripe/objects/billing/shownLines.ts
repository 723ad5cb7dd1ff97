const SHOWN = 10;

/**
 * For `JSON.stringify`: an invoice or a credit note shows its first ten lines, and has a list of its own for the rest.
 * Source: https://docs.stripe.com/api/invoices/object#invoice_object-lines
 */
export function cutLines(key: string, value: unknown): unknown {
  if (key !== "lines" || !isLongList(value)) return value;
  return { ...value, data: value.data.slice(0, SHOWN), has_more: true };
}

/**
 * The same for all that a key is shown: everything that it makes is of its mode.
 * Source: https://docs.stripe.com/keys#test-live-modes
 */
export function toShown(livemode: boolean): (key: string, value: unknown) => unknown {
  return (key, value) => (key === "livemode" && typeof value === "boolean" ? livemode : cutLines(key, value));
}

function isLongList(value: unknown): value is { data: unknown[] } {
  const data: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "data") : undefined;
  return Array.isArray(data) && data.length > SHOWN;
}
