import type { Stripe } from "stripe";
import type { Store } from "../store/store.ts";

/** The checkout session an event is about: the session itself, or that of its payment. */
export function sessionOf(store: Store, { data }: Stripe.EventBase): string | undefined {
  const fields: Readonly<Record<string, unknown>> = { ...data.object };
  const id = String(fields["id"]);
  switch (fields["object"]) {
    case "checkout.session":
      return id;
    case "payment_intent":
      return store.sessions.find("paymentIntent", id)?.id;
    case "charge":
    case "refund":
    case "dispute":
    case "radar.early_fraud_warning":
      return store.sessions.find("paymentIntent", String(fields["payment_intent"]))?.id;
    default:
      return undefined;
  }
}
