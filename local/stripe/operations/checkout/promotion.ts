import type { Stripe } from "stripe";
import { readActiveCode } from "../../objects/catalogue/promotionCodes.ts";
import { requireDetails } from "../../objects/checkout/details.ts";
import { idOf } from "../../objects/store/store.ts";
import { invalidRequest } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";
import { applyPromotionCode, type AppliedDiscount } from "./discounts.ts";
import { repriceSession } from "./reprice.ts";

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
  const { lineItems: items } = requireDetails(context.store, session.id);
  return repriceSession(context, session, { items, applied });
}
