import type { Stripe } from "stripe";
import { DAY } from "../../platform/clock.ts";
import { idOf, type CheckoutDetails, type Store } from "../store/store.ts";

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

/** When the trial of a subscription that starts now ends, in seconds; null if there is none. */
export function trialEndOf(
  { trial }: NonNullable<CheckoutDetails["subscriptionData"]>,
  now: number,
): number | null {
  if (trial === null) return null;
  return "days" in trial ? now + trial.days * DAY : trial.end;
}
