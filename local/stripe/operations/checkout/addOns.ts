import type { Stripe } from "stripe";
import { requirePrice } from "../../objects/catalogue/prices.ts";
import { requireDetails } from "../../objects/checkout/details.ts";
import { idOf } from "../../objects/store/store.ts";
import { invalidRequest } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";
import { createLineItems, requireOneInterval } from "./lineItems.ts";
import { repriceSession, requireApplied, termsOf } from "./reprice.ts";

/**
 * The buyer of an open session takes what the merchant's dashboard offers beside the order: one more line item.
 * One-time prices beside a subscription, which Stripe offers too, are not sold here.
 * Source: https://docs.stripe.com/payments/checkout/cross-sells
 */
export function takeCrossSell(
  context: Context,
  session: Stripe.Checkout.Session,
  wanted: { price: string; quantity: number },
): Stripe.Checkout.Session {
  requireOpen(session);
  const terms = termsOf(context, session);
  const { lineItems } = requireDetails(context.store, session.id);
  const items = [...lineItems, ...createLineItems(context, [wanted], terms)];
  if (terms.recurs) requireOneInterval(items);
  return reprice(context, session, items);
}

/**
 * The buyer of an open session for one subscription takes the price that the merchant's dashboard offers in place of the
 * order's, such as a yearly one of the same product. Quantity and metadata of the line stay.
 * Source: https://docs.stripe.com/payments/checkout/upsells
 */
export function takeUpsell(
  context: Context,
  session: Stripe.Checkout.Session,
  priceId: string,
): Stripe.Checkout.Session {
  requireOpen(session);
  const { lineItems } = requireDetails(context.store, session.id);
  const [line, ...others] = lineItems;
  if (session.mode !== "subscription" || line === undefined || others.length > 0)
    throw invalidRequest("Only a subscription to one recurring price can be upsold.");
  const price = requirePrice(context, priceId, "price");
  if (idOf(price.product) !== idOf(line.price?.product))
    throw invalidRequest("An upsell is a price of the same product.", { param: "price" });
  const wanted = { price: priceId, quantity: line.quantity ?? 1 };
  const items = createLineItems(context, [wanted], termsOf(context, session));
  return reprice(
    context,
    session,
    items.map((item) => inPlaceOf(line, item)),
  );
}

function inPlaceOf({ id, metadata }: Stripe.LineItem, item: Stripe.LineItem): Stripe.LineItem {
  return { ...item, id, metadata };
}

function reprice(
  context: Context,
  session: Stripe.Checkout.Session,
  items: readonly Stripe.LineItem[],
): Stripe.Checkout.Session {
  const applied = requireApplied(context, session, session.currency ?? "");
  return repriceSession(context, session, { items, applied });
}

function requireOpen({ status }: Stripe.Checkout.Session): void {
  if (status !== "open") throw invalidRequest("This Checkout Session is no longer open.");
}
