import type { Stripe } from "stripe";
import { startSubscription } from "../billing/start.ts";
import type { Context } from "../context.ts";
import { readCard } from "./cards.ts";
import type { Decline } from "./cards.ts";
import { requireDetails } from "./details.ts";
import type { PayWith } from "./pay.ts";
import { cardInstrument } from "./paymentMethods.ts";
import type { Payer } from "./paymentObjects.ts";

/** Whether the buyer is asked how to pay: when something is due, or when a subscription will need it later. */
export function collectsMethod(session: Stripe.Checkout.Session): boolean {
  if ((session.amount_total ?? 0) > 0) return true;
  return session.mode === "subscription" && session.payment_method_collection === "always";
}

/** What came of keeping a card without charging it. */
export type Kept =
  | { readonly outcome: "kept"; readonly paymentMethodId: string }
  | { readonly outcome: "refused"; readonly decline: Decline }
  | { readonly outcome: "no_card" };

/** Keeps a card to be charged later; a bank refuses most declining cards already now. */
export function keepCard({ store, clock }: Context, payWith: PayWith, payer: Payer): Kept {
  if (payWith.method !== "card") return { outcome: "no_card" };
  const read = readCard(payWith.number);
  if ("invalid" in read) return { outcome: "refused", decline: read.invalid };
  const { card } = read;
  if (card.decline !== undefined && card.attaches !== true) {
    return { outcome: "refused", decline: card.decline };
  }
  const { month, year } = payWith;
  const { paymentMethod } = cardInstrument(card, payer, { month, year, now: clock.now() });
  return { outcome: "kept", paymentMethodId: store.paymentMethods.insert(paymentMethod).id };
}

/** Gives a payment method to a customer: `payment_method.attached`. */
export function attachMethod(
  { store, events, origin }: Context,
  paymentMethodId: string,
  customerId: string,
): Stripe.PaymentMethod {
  const paymentMethod = store.paymentMethods.read(paymentMethodId);
  if (paymentMethod === undefined) throw new Error(`Cannot attach "${paymentMethodId}": not found`);
  const attached = store.paymentMethods.replace({ ...paymentMethod, customer: customerId });
  events.emit("payment_method.attached", attached, { origin });
  return attached;
}

/** Starts the subscription a session was for; answers what the session names from then on. */
export function startFrom(
  context: Context,
  session: Stripe.Checkout.Session,
  payment: {
    readonly customerId: string | null;
    readonly paymentMethodId: string | null;
    readonly intent?: Stripe.PaymentIntent;
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
