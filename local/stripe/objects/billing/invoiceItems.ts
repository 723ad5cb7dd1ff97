import { Stripe } from "stripe";
import { newId } from "../../platform/ids.ts";
import { customerReference } from "../customers/customers.ts";
import { reference, unset, type Expansions } from "../store/expansions.ts";
import { pricingOf, type Period } from "./invoiceLines.ts";

export const invoiceItemExpansions: Expansions = {
  invoiceitem: { customer: customerReference, invoice: reference("invoices"), test_clock: unset },
};

/** The price and the quantity of a subscription's item. */
export interface ItemPrice {
  price: Stripe.Price;
  quantity: number;
}

export type Credited = NonNullable<Stripe.InvoiceItem["proration_details"]>["credited_items"];

/** A new invoice item that belongs to no subscription, as Stripe shows it. */
export function newOwnItem(
  { id: customer }: Stripe.Customer,
  fields: Pick<Stripe.InvoiceItem, "amount" | "currency" | "description" | "metadata"> & { now: number },
): Stripe.InvoiceItem {
  const { now, ...own } = fields;
  return {
    id: newId("ii"),
    object: "invoiceitem",
    ...own,
    customer,
    customer_account: null,
    date: now,
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    net_amount: own.amount,
    parent: null,
    period: { start: now, end: now },
    pricing: null,
    proration: false,
    proration_details: { credited_items: null, discount_amounts: [] },
    quantity: 1,
    quantity_decimal: Stripe.Decimal.from(1),
    tax_rates: [],
    test_clock: null,
  };
}

/** A new invoice item that prorates a change of a subscription. */
export function newInvoiceItem(
  { id: subscriptionId, currency, customer }: Stripe.Subscription,
  fields: {
    sold: ItemPrice;
    item: Stripe.SubscriptionItem;
    amount: number;
    discountAmounts: { amount: number; discount: string }[];
    text: string;
    period: Period;
    credited: Credited;
    now: number;
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
    date: fields.now,
    description: fields.text,
    discountable: false,
    discounts: fields.discountAmounts.map(({ discount }) => discount),
    invoice: null,
    livemode: false,
    metadata: {},
    net_amount: amount - fields.discountAmounts.reduce((sum, own) => sum + own.amount, 0),
    parent: {
      subscription_details: { subscription: subscriptionId, subscription_item: item.id },
      type: "subscription_details",
    },
    period: fields.period,
    pricing: pricingOf(sold.price),
    proration: true,
    proration_details: { credited_items: fields.credited, discount_amounts: fields.discountAmounts },
    quantity: sold.quantity,
    quantity_decimal: Stripe.Decimal.from(sold.quantity),
    tax_rates: [],
    test_clock: null,
  };
}
