import type { InvoiceLine } from "../adapters/paymentAdapter.ts";

/**
 * The lines with those marked as credits that nothing else tells from debits: what a change gives back and bills comes in
 * pairs of the same item and time, the credit first, and a credit of 0 that names nothing looks like a debit.
 */
export function withCredits(lines: readonly InvoiceLine[]): InvoiceLine[] {
  const changes = Map.groupBy(
    lines.filter(({ kind, itemId }) => kind !== "full" && itemId !== undefined),
    ({ itemId, period }) => `${itemId} ${period.start.getTime()} ${period.end.getTime()}`,
  );
  const credits = new Set(
    [...changes.values()].flatMap((change) =>
      change.length % 2 === 0 ? change.filter((line, index) => index % 2 === 0 && isUntold(line)) : [],
    ),
  );
  return lines.map((line) => (credits.has(line) ? { ...line, kind: "credit" } : line));
}

function isUntold({ kind, amount }: InvoiceLine): boolean {
  return kind === "debit" && amount === 0;
}
