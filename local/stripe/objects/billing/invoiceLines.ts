import { Stripe } from "stripe";
import { formatAmount } from "../../platform/currencies.ts";
import { newId } from "../../platform/ids.ts";
import { unitAmountIn } from "../catalogue/prices.ts";
import { reference, type Expansions } from "../store/expansions.ts";
import { idOf, type Store } from "../store/store.ts";
import { recurringOf } from "./subscriptions.ts";

export const invoiceLineExpansions: Expansions = {
  line_item: { subscription: reference("subscriptions") },
};

export interface Period {
  /** Seconds. */
  start: number;
  end: number;
}

/** The lines that bill a subscription's items for a period; a trial's cost nothing. */
export function itemLines(
  store: Store,
  subscription: Stripe.Subscription,
  { period, trial }: { period: Period; trial: boolean },
): Stripe.InvoiceLineItem[] {
  return subscription.items.data.map((item) => {
    const { price, quantity = 1 } = item;
    const name = productName(store, price);
    const { currency } = subscription;
    const unitAmount = unitAmountIn(store, price, currency) ?? 0;
    return {
      ...newLine(price, { amount: trial ? 0 : unitAmount * quantity, currency, quantity, period }),
      description: trial
        ? `Trial period for ${name}`
        : `${quantity} × ${name} (at ${rate(price, { unitAmount, currency })})`,
      parent: {
        invoice_item_details: null,
        subscription_item_details: {
          invoice_item: null,
          proration: false,
          proration_details: { credited_items: null },
          subscription: subscription.id,
          subscription_item: item.id,
        },
        type: "subscription_item_details",
      },
      pricing: pricingOf(price, trial ? 0 : unitAmount),
      subscription: subscription.id,
    };
  });
}

/** The line that bills an invoice item, of a subscription or of none. */
export function pendingLine(item: Stripe.InvoiceItem): Stripe.InvoiceLineItem {
  const subscription = item.parent?.subscription_details?.subscription ?? null;
  return {
    id: newId("il"),
    object: "line_item",
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discount_amounts: item.proration_details?.discount_amounts ?? [],
    discountable: item.discountable,
    discounts: item.discounts ?? [],
    invoice: null,
    livemode: false,
    metadata: item.metadata ?? {},
    parent: parentOf(item),
    period: item.period,
    pretax_credit_amounts: [],
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subscription,
    subtotal: item.amount,
    taxes: [],
  };
}

function parentOf(item: Stripe.InvoiceItem): Stripe.InvoiceLineItem["parent"] {
  const { subscription = null, subscription_item: subscriptionItem = "" } =
    item.parent?.subscription_details ?? {};
  const credited = item.proration_details?.credited_items?.invoice_line_item_details ?? null;
  const own = {
    invoice_item: item.id,
    proration: item.proration,
    proration_details: { credited_items: credited },
    subscription,
  };
  if (subscription === null) {
    return { invoice_item_details: own, subscription_item_details: null, type: "invoice_item_details" };
  }
  return {
    invoice_item_details: null,
    subscription_item_details: { ...own, subscription_item: subscriptionItem },
    type: "subscription_item_details",
  };
}

/** How a line shows what was priced; `unitAmount` is in the line's currency, which may be another than the price's own. */
export function pricingOf(
  price: Stripe.Price,
  unitAmount = price.unit_amount,
): NonNullable<Stripe.InvoiceLineItem["pricing"]> {
  return {
    price_details: { price: price.id, product: idOf(price.product) ?? "" },
    type: "price_details",
    unit_amount_decimal: unitAmount === null ? price.unit_amount_decimal : Stripe.Decimal.from(unitAmount),
  };
}

/** What a price is called on an invoice. */
export function productName(store: Store, { product }: Stripe.Price): string {
  return store.products.read(idOf(product) ?? "")?.name ?? "Subscription";
}

function newLine(
  price: Stripe.Price,
  sold: { amount: number; currency: string; quantity: number; period: Period },
): Omit<Stripe.InvoiceLineItem, "description" | "parent" | "subscription"> {
  const { amount, currency, quantity, period } = sold;
  return {
    id: newId("il"),
    object: "line_item",
    amount,
    currency,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    period,
    pretax_credit_amounts: [],
    pricing: pricingOf(price),
    quantity,
    quantity_decimal: Stripe.Decimal.from(quantity),
    subtotal: amount,
    taxes: [],
  };
}

function rate(
  price: Stripe.Price,
  { unitAmount, currency }: { unitAmount: number; currency: string },
): string {
  const { interval, interval_count: count } = recurringOf(price);
  const amount = formatAmount(unitAmount, currency);
  return count === 1 ? `${amount} / ${interval}` : `${amount} every ${count} ${interval}s`;
}
