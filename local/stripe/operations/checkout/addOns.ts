import type { Stripe } from "stripe";
import { requireDetails } from "../../objects/checkout/details.ts";
import { totalsOf } from "../../objects/checkout/lineItems.ts";
import { invalidRequest } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";
import { createLineItems } from "./lineItems.ts";

/**
 * Adds what the merchant's dashboard offers beside the order of an open session and its buyer takes, or takes it in place
 * of the order's price. The session's metadata stays as it was made.
 * Sources: https://docs.stripe.com/payments/checkout/cross-sells and https://docs.stripe.com/payments/checkout/upsells
 */
export function takeAddOn(
  context: Context,
  session: Stripe.Checkout.Session,
  addOn: { price: string; quantity: number; kind: "cross_sell" | "upsell" },
): Stripe.Checkout.Session {
  const { store } = context;
  if (session.status !== "open") throw invalidRequest("This Checkout Session is no longer open.");
  const details = requireDetails(store, session.id);
  if ((session.discounts ?? []).length > 0)
    throw invalidRequest("Local Stripe does not add items to a session with a discount.");
  const terms = {
    recurs: session.mode === "subscription",
    trial: false,
    ...(session.currency !== null && { currency: session.currency }),
  };
  const { price, quantity, kind } = addOn;
  const items = createLineItems(context, [{ price, quantity }], terms);
  const lineItems = kind === "upsell" ? items : [...details.lineItems, ...items];
  store.checkoutDetails.set(session.id, { ...details, lineItems });
  return store.sessions.replace({ ...session, ...totalsOf(lineItems) });
}
