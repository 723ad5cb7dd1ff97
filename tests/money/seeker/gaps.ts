import { requirePrice } from "./world/catalogue.ts";
import type { WorldInvoice, WorldLine } from "./world/types.ts";
import type { World } from "./world/world.ts";

/** What the rules of money leave undecided, or cannot tell from what the provider shows (`gaps.test.ts` has a story of each). */
export function hasGap({ invoices }: World): boolean {
  return invoices.some((invoice) => isLeftOpen(invoice) || invoice.lines.some(isHidden));
}

/**
 * A credit that names nothing: it shows too little if it is 0, or if the item had another price by then. That of an older
 * API version, which never names anything, also if its price gives no credits, or the calendar does not say when its
 * period began.
 */
function isHidden({ truth, credited, amount, priceId, invoiceId, period }: WorldLine): boolean {
  const { kind, origin } = truth;
  if (kind !== "credit" || credited || !origin) return false;
  const isOlder = origin.invoiceId !== invoiceId;
  if (isOlder && (requirePrice(priceId).credits === 0 || mayBeCut(period.end))) return true;
  return amount === 0 || priceId !== origin.priceId;
}

/** A month that ends on the 28th may have begun on any day after that. */
function mayBeCut(end: number): boolean {
  return new Date(end).getUTCDate() >= 28;
}

/** Something free on an invoice that was not paid at once keeps another free one from counting, even if it never counts. */
function isLeftOpen({ lines, createdAt, paidAt }: WorldInvoice): boolean {
  return paidAt !== createdAt && lines.some(({ truth: { kind, net } }) => kind !== "credit" && net === 0);
}
