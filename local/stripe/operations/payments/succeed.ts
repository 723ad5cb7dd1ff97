import type { Stripe } from "stripe";
import { cardOfCharge } from "../../objects/payments/cards.ts";
import { succeededCharge } from "../../objects/payments/charges.ts";
import type { Context } from "../context/context.ts";

/** Ends a successful attempt to pay: `charge.succeeded`, `payment_intent.succeeded`. */
export function settleIntent(
  { store, events, origin, due, clock }: Context,
  {
    intent,
    charge,
    customer,
  }: {
    intent: Stripe.PaymentIntent;
    charge: Stripe.Charge;
    customer: string | null;
  },
): Stripe.PaymentIntent {
  const aftermath = cardOfCharge(charge)?.aftermath?.kind;
  if (aftermath === "dispute" || aftermath === "fraud_warning") {
    due.add({ kind: "aftermath", id: charge.id }, clock.now());
  }
  const succeeded = store.charges.insert(succeededCharge({ ...charge, customer }));
  const paid = store.paymentIntents.replace({
    ...intent,
    amount_received: intent.amount,
    customer,
    latest_charge: succeeded.id,
    status: "succeeded",
  });
  events.emit("charge.succeeded", succeeded, { origin });
  events.emit("payment_intent.succeeded", paid, { origin });
  return paid;
}
