import type { Stripe } from "stripe";
import { newInvoiceItem, type Credited, type ItemPrice } from "../../objects/billing/invoiceItems.ts";
import { productName } from "../../objects/billing/invoiceLines.ts";
import { idOf } from "../../objects/store/store.ts";
import type { Context } from "../context/context.ts";
import { addPending } from "./pending.ts";

/** What changes about an item, and when, in seconds. */
export interface ItemChange {
  item: Stripe.SubscriptionItem;
  to: ItemPrice;
  at: number;
}

/**
 * Puts the unused time of the old price on the next invoice as a credit, and the rest of the period at the new one as a
 * debit, both to the second, see https://docs.stripe.com/billing/subscriptions/prorations.
 */
export function prorate(
  context: Context,
  subscription: Stripe.Subscription,
  { item, to, at }: ItemChange,
  options: { debit: boolean },
): void {
  const { current_period_start: start, current_period_end: end, price, quantity = 1 } = item;
  const share = Math.min(1, Math.max(0, (end - at) / (end - start)));
  const period = { start: at, end };
  const add = (sold: ItemPrice, sign: 1 | -1) => {
    const cost = Math.round((sold.price.unit_amount ?? 0) * sold.quantity * share);
    const text = `${sign < 0 ? "Unused" : "Remaining"} time on ${nameOf(context, sold)} after ${dayOf(at)}`;
    const credited = sign < 0 ? creditedLines(context, subscription, item.id) : null;
    addPending(
      context,
      subscription.id,
      newInvoiceItem(subscription, {
        sold,
        item,
        amount: sign * cost,
        text,
        period,
        credited,
        now: context.clock.now(),
      }),
    );
  };
  add({ price, quantity }, -1);
  if (options.debit) add(to, 1);
}

function nameOf({ store }: Context, { price, quantity }: ItemPrice): string {
  const name = productName(store, price);
  return quantity === 1 ? name : `${quantity} × ${name}`;
}

function dayOf(time: number): string {
  return new Date(time * 1000).toLocaleDateString("en-GB", {
    day: "2-digit",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
}

/** The lines of the latest invoice that billed the item. */
function creditedLines({ store }: Context, subscription: Stripe.Subscription, itemId: string): Credited {
  const invoice = store.invoices.read(idOf(subscription.latest_invoice) ?? "");
  const ids = invoice?.lines.data.flatMap(({ id, amount, parent }) =>
    parent?.subscription_item_details?.subscription_item === itemId && amount > 0 ? [id] : [],
  );
  if (invoice === undefined || ids === undefined || ids.length === 0) return null;
  return {
    invoice_line_item_details: { invoice: invoice.id, invoice_line_items: ids },
    type: "invoice_line_items",
  };
}
