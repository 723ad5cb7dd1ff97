import type { InvoiceLine } from "../adapters/paymentAdapter.ts";

/**
 * The lines with those marked as credits that nothing else tells from debits, since a credit of 0 that names nothing
 * looks like a debit: what a change gives back and bills comes in pairs of the same item and time, the credit first. A
 * change that begins another period only gives back.
 */
export function withCredits(lines: readonly InvoiceLine[]): InvoiceLine[] {
  const changes = Map.groupBy(
    lines.filter(({ kind, itemId }) => kind !== "full" && itemId !== undefined),
    ({ itemId, period }) => `${itemId} ${period.start.getTime()} ${period.end.getTime()}`,
  );
  const credits = new Set(
    [...changes.values()].flatMap((change) =>
      change.filter(
        (line, index) =>
          line.amount === 0 && index % 2 === 0 && (index + 1 < change.length || onlyGivesBack(lines, line)),
      ),
    ),
  );
  return lines.map((line) => (credits.has(line) ? { ...line, kind: "credit" } : line));
}

/** Whether the item was billed before on this invoice, or begins another period with this change. */
function onlyGivesBack(lines: readonly InvoiceLine[], line: InvoiceLine): boolean {
  const own = lines.filter(({ itemId }) => itemId === line.itemId);
  const before = own.slice(0, own.indexOf(line));
  return (
    before.some(({ kind }) => kind === "debit") ||
    own.some(({ kind, period }) => kind === "full" && period.start.getTime() === line.period.start.getTime())
  );
}
