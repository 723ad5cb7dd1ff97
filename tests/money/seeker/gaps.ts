import type { WorldLine } from "./world/types.ts";
import type { World } from "./world/world.ts";

/** What the rules of money leave undecided, or cannot tell from what the provider shows (`gaps.test.ts` has a story of each). */
export function hasGap({ invoices }: World): boolean {
  return invoices.some((invoice) => invoice.lines.some(isHidden));
}

/**
 * A credit of an older API version, which never names what it gives back: if it is 0, if the item had another price by
 * then, or if the calendar does not say when its period began.
 */
function isHidden({ truth, credited, amount, priceId, invoiceId, period }: WorldLine): boolean {
  const { kind, origin } = truth;
  if (kind !== "credit" || credited || !origin || origin.invoiceId === invoiceId) return false;
  return amount === 0 || priceId !== origin.priceId || mayBeCut(period.end);
}

/** A month that ends on the 28th may have begun on any day after that. */
function mayBeCut(end: number): boolean {
  return new Date(end).getUTCDate() >= 28;
}
