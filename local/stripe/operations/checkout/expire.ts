import type { Stripe } from "stripe";
import { attemptIntentOf } from "../../objects/checkout/details.ts";
import { invalidRequest } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";

/** Expires an open session: its unfinished payment intent is canceled with it. */
export function expireSession(context: Context, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  const { store, clock, events } = context;
  if (session.status !== "open") {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    );
  }
  const intent = store.paymentIntents.read(attemptIntentOf(store, session) ?? "");
  const expired = store.sessions.replace({ ...session, status: "expired", url: null });
  if (intent !== undefined) {
    const canceled = store.paymentIntents.replace({
      ...intent,
      canceled_at: clock.now(),
      cancellation_reason: "expired",
      status: "canceled",
    });
    events.emit("payment_intent.canceled", canceled, context);
  }
  events.emit("checkout.session.expired", expired, context);
  return expired;
}
