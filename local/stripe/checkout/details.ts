import type { Stripe } from "stripe";
import { idOf } from "../store/store.ts";
import type { CheckoutDetails, Store } from "../store/store.ts";

/** What a session needs to know beyond the object the API shows; every session has it. */
export function requireDetails(store: Store, sessionId: string): CheckoutDetails {
  const details = store.checkoutDetails.get(sessionId);
  if (details === undefined) throw new Error(`Cannot use session "${sessionId}": its details are missing`);
  return details;
}

/** The payment intent of a session's attempts so far, whether the session names it or not. */
export function attemptIntentOf(store: Store, session: Stripe.Checkout.Session): string | null {
  return idOf(session.payment_intent) ?? store.checkoutDetails.get(session.id)?.attemptIntentId ?? null;
}
