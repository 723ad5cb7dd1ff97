import type { Stripe } from "stripe";
import { newId } from "../../platform/ids.ts";
import { idOf, type Store } from "../store/store.ts";
import { nextPeriodEnd } from "./calendar.ts";

/** A coupon that a subscription has, from now until its duration is over. */
export function newDiscount(
  coupon: Stripe.Coupon,
  { subscription, now }: { subscription: Stripe.Subscription; now: number },
): Stripe.Discount {
  const months = coupon.duration === "repeating" ? coupon.duration_in_months : null;
  return {
    id: newId("di"),
    object: "discount",
    checkout_session: null,
    customer: idOf(subscription.customer),
    customer_account: null,
    end: months === null ? null : nextPeriodEnd(now, { interval: "month", interval_count: months }, now),
    invoice: null,
    invoice_item: null,
    promotion_code: null,
    source: { coupon: coupon.id, type: "coupon" },
    start: now,
    subscription: subscription.id,
    subscription_item: null,
  };
}

/** A discount with its coupon. */
export interface ActiveDiscount {
  id: string;
  coupon: Stripe.Coupon;
}

/** The discounts that a subscription's next lines get: neither over nor, if they are for once, used. */
export function activeDiscounts(
  store: Store,
  { discounts }: Stripe.Subscription,
  now: number,
): ActiveDiscount[] {
  return discounts.flatMap((reference) => {
    const discount = store.discounts.get(idOf(reference) ?? "");
    const coupon = store.coupons.read(idOf(discount?.source.coupon) ?? "");
    if (discount === undefined || coupon === undefined) return [];
    return discount.end === null || discount.end > now ? [{ id: discount.id, coupon }] : [];
  });
}

/** Lines with the discounts that their subscription has, divided among them in proportion. */
export function discountLines(
  lines: readonly Stripe.InvoiceLineItem[],
  discounts: readonly ActiveDiscount[],
): Stripe.InvoiceLineItem[] {
  return discounts.reduce<Stripe.InvoiceLineItem[]>(
    (list, discount) => applyDiscount(list, discount),
    [...lines],
  );
}

function applyDiscount(
  lines: readonly Stripe.InvoiceLineItem[],
  { id, coupon }: ActiveDiscount,
): Stripe.InvoiceLineItem[] {
  const subtotal = lines.reduce((sum, line) => sum + netOf(line), 0);
  let rest = Math.min(
    subtotal,
    coupon.amount_off ?? Math.round((subtotal * (coupon.percent_off ?? 0)) / 100),
  );
  let restSubtotal = subtotal;
  return lines.map((line) => {
    const net = netOf(line);
    const amount = restSubtotal === 0 ? 0 : Math.round((rest * net) / restSubtotal);
    rest -= amount;
    restSubtotal -= net;
    return {
      ...line,
      discount_amounts: [...(line.discount_amounts ?? []), { amount, discount: id }],
      discounts: [...line.discounts, id],
    };
  });
}

/** What a line asks for after its discounts. */
export function netOf({ amount, discount_amounts: discounts }: Stripe.InvoiceLineItem): number {
  return amount - sumOf(discounts ?? []);
}

export function sumOf(amounts: readonly { amount: number }[]): number {
  return amounts.reduce((sum, { amount }) => sum + amount, 0);
}

/** What each discount takes off an invoice's lines together. */
export function totalDiscounts(
  lines: readonly Stripe.InvoiceLineItem[],
): Stripe.Invoice.TotalDiscountAmount[] {
  const totals = new Map<string, number>();
  for (const { discount, amount } of lines.flatMap((line) => line.discount_amounts ?? [])) {
    const id = idOf(discount) ?? "";
    totals.set(id, (totals.get(id) ?? 0) + amount);
  }
  return [...totals].map(([discount, amount]) => ({ discount, amount }));
}
