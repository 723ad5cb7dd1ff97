import { Stripe } from "stripe";
import { newId } from "../api/ids.ts";
import type { Context } from "../context.ts";
import { idOf } from "../store/store.ts";
import { pricingOf, productName } from "./invoiceLines.ts";
import type { Period } from "./invoiceLines.ts";
import { addPending } from "./pending.ts";

/** What an item of a subscription costs from a time on. */
export interface ItemPrice {
  readonly price: Stripe.Price;
  readonly quantity: number;
}

/** What changes about an item, and when, in seconds. */
export interface ItemChange {
  readonly item: Stripe.SubscriptionItem;
  readonly to: ItemPrice;
  readonly at: number;
}

/**
 * Puts the unused time of the old price on the next invoice as a credit, and the rest of the period at the new one as a
 * debit, both to the second, see https://docs.stripe.com/billing/subscriptions/prorations.
 */
export function prorate(
  context: Context,
  subscription: Stripe.Subscription,
  { item, to, at }: ItemChange,
  options: { readonly debit: boolean },
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
      newItem(context, subscription, { sold, item, amount: sign * cost, text, period, credited }),
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

type Credited = NonNullable<Stripe.InvoiceItem["proration_details"]>["credited_items"];

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

function newItem(
  { clock }: Context,
  { id: subscriptionId, currency, customer }: Stripe.Subscription,
  fields: {
    readonly sold: ItemPrice;
    readonly item: Stripe.SubscriptionItem;
    readonly amount: number;
    readonly text: string;
    readonly period: Period;
    readonly credited: Credited;
  },
): Stripe.InvoiceItem {
  const { sold, item, amount } = fields;
  return {
    id: newId("ii"),
    object: "invoiceitem",
    amount,
    currency,
    customer,
    customer_account: null,
    date: clock.now(),
    description: fields.text,
    discountable: false,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    net_amount: amount,
    parent: {
      subscription_details: { subscription: subscriptionId, subscription_item: item.id },
      type: "subscription_details",
    },
    period: fields.period,
    pricing: pricingOf(sold.price),
    proration: true,
    proration_details: { credited_items: fields.credited, discount_amounts: [] },
    quantity: sold.quantity,
    quantity_decimal: Stripe.Decimal.from(sold.quantity),
    tax_rates: [],
    test_clock: null,
  };
}
