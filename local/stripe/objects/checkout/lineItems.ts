import type { Stripe } from "stripe";
import { newId } from "../../platform/ids.ts";
import { listSlice, type PageParams } from "../store/pages.ts";
import type { Store } from "../store/store.ts";

/** The items with a coupon's discount divided among them in proportion, without losing a minor unit. */
export function discountItems(
  items: readonly Stripe.LineItem[],
  coupon: Stripe.Coupon | null,
): Stripe.LineItem[] {
  const subtotal = sum(items, "amount_subtotal");
  const discount = coupon === null ? 0 : Math.min(subtotal, discountOf(coupon, subtotal));
  let [restDiscount, restSubtotal] = [discount, subtotal];
  return items.map((item) => {
    const share = restSubtotal === 0 ? 0 : Math.round((restDiscount * item.amount_subtotal) / restSubtotal);
    restDiscount -= share;
    restSubtotal -= item.amount_subtotal;
    return { ...item, amount_discount: share, amount_total: item.amount_subtotal - share };
  });
}

function discountOf(coupon: Stripe.Coupon, subtotal: number): number {
  return coupon.amount_off ?? Math.round((subtotal * (coupon.percent_off ?? 0)) / 100);
}

/** A session's amounts as the sum of its items. */
export function totalsOf(
  items: readonly Stripe.LineItem[],
): Pick<Stripe.Checkout.Session, "amount_subtotal" | "amount_total" | "total_details"> {
  return {
    amount_subtotal: sum(items, "amount_subtotal"),
    amount_total: sum(items, "amount_total"),
    total_details: { amount_discount: sum(items, "amount_discount"), amount_shipping: 0, amount_tax: 0 },
  };
}

function sum(
  items: readonly Stripe.LineItem[],
  field: "amount_discount" | "amount_subtotal" | "amount_total",
): number {
  return items.reduce((total, item) => total + item[field], 0);
}

/** A page of a session's line items, in the order they were given. */
export function lineItemsOf(
  store: Store,
  sessionId: string,
  params: PageParams,
): Stripe.ApiList<Stripe.LineItem> {
  return listSlice(store.checkoutDetails.get(sessionId)?.lineItems ?? [], params, {
    url: `/v1/checkout/sessions/${sessionId}/line_items`,
    noun: "item",
  });
}

/** A new line item of a session, before any discount. */
export function newLineItem(seed: {
  amount: number;
  currency: string;
  description: string;
  metadata: Record<string, string>;
  price: Stripe.Price;
  quantity: number;
}): Stripe.LineItem {
  return {
    id: newId("li"),
    object: "item",
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: seed.amount,
    amount_tax: 0,
    amount_total: seed.amount,
    currency: seed.currency,
    description: seed.description,
    metadata: seed.metadata,
    price: seed.price,
    quantity: seed.quantity,
  };
}
