import type { Stripe } from "stripe";
import { invalidRequest } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";

/**
 * Stops what would happen to an invoice by itself: its finalization, or the next attempt to collect it. The one change of
 * an invoice that local Stripe supports.
 * Source: https://docs.stripe.com/invoicing/integration/automatic-advancement-collection
 */
export function updateInvoice(
  { store, events, origin }: Context,
  before: Stripe.Invoice,
  { auto_advance: advances }: { auto_advance?: boolean | undefined },
): Stripe.Invoice {
  if (advances === undefined || advances === before.auto_advance) return before;
  if (advances) {
    throw invalidRequest("Local Stripe does not let an invoice advance again.", { param: "auto_advance" });
  }
  const stopped = store.invoices.replace({
    ...before,
    auto_advance: false,
    automatically_finalizes_at: null,
    next_payment_attempt: null,
  });
  events.emit("invoice.updated", stopped, { origin, previous: before });
  return stopped;
}
