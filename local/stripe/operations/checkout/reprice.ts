import type { Stripe } from "stripe";
import { attemptIntentOf, requireDetails } from "../../objects/checkout/details.ts";
import { discountItems, totalsOf } from "../../objects/checkout/lineItems.ts";
import { idOf } from "../../objects/store/store.ts";
import { requireChargeable } from "../../platform/currencies.ts";
import type { Context } from "../context/context.ts";
import { requireUsable } from "../billing/discounts.ts";
import type { AppliedDiscount } from "./discounts.ts";
import type { SaleTerms } from "./lineItems.ts";

/**
 * An open session with other items or another discount than before: its totals follow, its metadata stays as it was made.
 * What an earlier attempt to pay left behind asks for the new amount, or is canceled if nothing is due any more.
 */
export function repriceSession(
  context: Context,
  session: Stripe.Checkout.Session,
  sale: { items: readonly Stripe.LineItem[]; applied: AppliedDiscount | null },
): Stripe.Checkout.Session {
  const { store } = context;
  const lineItems = discountItems(sale.items, sale.applied?.coupon ?? null);
  const currency = lineItems[0]?.currency ?? session.currency ?? "";
  const totals = totalsOf(lineItems);
  const amount = totals.amount_total ?? 0;
  if (amount > 0) requireChargeable(amount, currency);
  const intentId = repriceIntent(context, session, { amount, currency });
  const details = requireDetails(store, session.id);
  const recurs = session.mode === "subscription";
  store.checkoutDetails.set(session.id, { ...details, lineItems, attemptIntentId: recurs ? intentId : null });
  return store.sessions.replace({
    ...session,
    ...totals,
    currency,
    discounts: sale.applied === null ? [] : [sale.applied.discount],
    payment_intent: recurs ? null : intentId,
  });
}

function repriceIntent(
  context: Context,
  session: Stripe.Checkout.Session,
  { amount, currency }: { amount: number; currency: string },
): string | null {
  const { store, clock, events } = context;
  const intent = store.paymentIntents.read(attemptIntentOf(store, session) ?? "");
  if (intent === undefined) return null;
  if (amount > 0) return store.paymentIntents.replace({ ...intent, amount, currency }).id;
  const canceled = store.paymentIntents.replace({
    ...intent,
    canceled_at: clock.now(),
    cancellation_reason: "automatic",
    status: "canceled",
  });
  events.emit("payment_intent.canceled", canceled, context);
  return null;
}

/** The discount that a session has, which must still hold in the currency. */
export function requireApplied(
  context: Context,
  session: Stripe.Checkout.Session,
  currency: string,
): AppliedDiscount | null {
  const [discount] = session.discounts ?? [];
  if (discount === undefined) return null;
  const code = context.store.promotionCodes.read(idOf(discount.promotion_code) ?? "");
  const couponId = idOf(discount.coupon) ?? idOf(code?.promotion.coupon) ?? "";
  return { discount, coupon: requireUsable(context, couponId, { currency, param: "discounts" }) };
}

/** How an open session sells. */
export function termsOf(context: Context, session: Stripe.Checkout.Session): SaleTerms {
  const { subscriptionData } = requireDetails(context.store, session.id);
  return {
    recurs: subscriptionData !== null,
    trial: subscriptionData !== null && subscriptionData.trial !== null,
    ...(session.currency !== null && { currency: session.currency }),
  };
}
