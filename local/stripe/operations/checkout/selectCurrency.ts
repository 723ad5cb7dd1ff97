import type { Stripe } from "stripe";
import { unitAmountIn } from "../../objects/catalogue/prices.ts";
import { requireDetails } from "../../objects/checkout/details.ts";
import { invalidRequest } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";
import { paymentMethodTypes } from "./paymentMethodTypes.ts";
import { repriceSession, requireApplied, termsOf } from "./reprice.ts";

/**
 * Shows an open session in another currency, as Stripe does for a buyer whose local currency all of its prices have an
 * option for.
 * Source: https://docs.stripe.com/payments/checkout/localize-prices/manual-currency-prices
 */
export function selectCurrency(
  context: Context,
  session: Stripe.Checkout.Session,
  currency: string,
): Stripe.Checkout.Session {
  if (session.status !== "open") throw invalidRequest("This Checkout Session is no longer open.");
  const { recurs, trial } = termsOf(context, session);
  const { lineItems } = requireDetails(context.store, session.id);
  const items = lineItems.map((item) => toCurrency(context, item, { currency, trial }));
  const types = paymentMethodTypes(currency, {
    recurs,
    allowed: session.allowed_payment_method_types ?? undefined,
    excluded: session.excluded_payment_method_types,
  });
  const shown = { ...session, payment_method_types: types };
  const applied = requireApplied(context, session, currency);
  return repriceSession(context, shown, { items, applied });
}

function toCurrency(
  { store }: Context,
  item: Stripe.LineItem,
  { currency, trial }: { currency: string; trial: boolean },
): Stripe.LineItem {
  const { price } = item;
  const unitAmount = price === null ? undefined : unitAmountIn(store, price, currency);
  if (unitAmount === undefined) {
    throw invalidRequest(`The price \`${price?.id}\` has no currency option for \`${currency}\`.`, {
      param: "currency",
    });
  }
  return { ...item, amount_subtotal: trial ? 0 : unitAmount * (item.quantity ?? 1), currency };
}
