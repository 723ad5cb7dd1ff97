import type { Stripe } from "stripe";
import { readActiveCode } from "../../objects/catalogue/promotionCodes.ts";
import { discountItems, totalsOf } from "../../objects/checkout/lineItems.ts";
import { idOf } from "../../objects/store/store.ts";
import { requireChargeable } from "../../platform/currencies.ts";
import { invalidRequest } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";
import { applyPromotionCode, type AppliedDiscount } from "./discounts.ts";

/**
 * Applies a promotion code to an open session, as its buyer does on the checkout page.
 *
 * @throws ApiError if the session does not allow promotion codes, or the code may not be used.
 */
export function enterPromotionCode(
  context: Context,
  session: Stripe.Checkout.Session,
  text: string,
): Stripe.Checkout.Session {
  const code = session.allow_promotion_codes === true ? readActiveCode(context, text) : undefined;
  if (code === undefined) throw invalidRequest("This code is invalid.", { param: "promotion_code" });
  const sale = {
    currency: session.currency ?? "",
    customerId: idOf(session.customer),
    param: "promotion_code",
  };
  return reprice(context, session, applyPromotionCode(context, code, sale));
}

/** Removes the promotion code again. */
export function removePromotionCode(
  context: Context,
  session: Stripe.Checkout.Session,
): Stripe.Checkout.Session {
  return session.allow_promotion_codes === true ? reprice(context, session, null) : session;
}

function reprice(
  context: Context,
  session: Stripe.Checkout.Session,
  applied: AppliedDiscount | null,
): Stripe.Checkout.Session {
  const { store } = context;
  const details = store.checkoutDetails.get(session.id);
  if (details === undefined)
    throw new Error(`Cannot reprice session "${session.id}": its details are missing`);
  const lineItems = discountItems(details.lineItems, applied?.coupon ?? null);
  const totals = totalsOf(lineItems);
  const amount = totals.amount_total ?? 0;
  if (amount > 0) requireChargeable(amount, session.currency ?? "");
  store.checkoutDetails.set(session.id, { ...details, lineItems });
  return store.sessions.replace({
    ...session,
    ...totals,
    discounts: applied === null ? [] : [applied.discount],
    payment_intent: repriceIntent(context, session, amount),
  });
}

/** Updates the amount of an intent that a declined attempt left behind, or cancels it if nothing is due any more. */
function repriceIntent(context: Context, session: Stripe.Checkout.Session, amount: number): string | null {
  const { store, clock, events } = context;
  const intent = store.paymentIntents.read(idOf(session.payment_intent) ?? "");
  if (intent === undefined) return null;
  if (amount > 0) return store.paymentIntents.replace({ ...intent, amount }).id;
  const canceled = store.paymentIntents.replace({
    ...intent,
    canceled_at: clock.now(),
    cancellation_reason: "automatic",
    status: "canceled",
  });
  events.emit("payment_intent.canceled", canceled, context);
  return null;
}
