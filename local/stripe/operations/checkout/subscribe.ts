import type { Stripe } from "stripe";
import { requireDetails } from "../../objects/checkout/details.ts";
import { startSubscription } from "../billing/start.ts";
import type { Context } from "../context/context.ts";
import { attachMethod } from "../payments/keepCard.ts";

/** Starts the subscription that a session was for; answers the fields that change on the session. */
export function startFrom(
  context: Context,
  session: Stripe.Checkout.Session,
  payment: {
    customerId: string | null;
    paymentMethodId: string | null;
    intent?: Stripe.PaymentIntent;
  },
): Partial<Stripe.Checkout.Session> {
  const { customerId, paymentMethodId } = payment;
  if (customerId === null) throw new Error(`Cannot subscribe with session "${session.id}": no customer`);
  if (paymentMethodId !== null) attachMethod(context, paymentMethodId, customerId);
  const { subscriptionId, invoiceId } = startSubscription(
    context,
    requireDetails(context.store, session.id),
    { ...payment, sessionId: session.id, customerId },
  );
  return { invoice: invoiceId, subscription: subscriptionId };
}
