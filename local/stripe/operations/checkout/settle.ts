import type { Stripe } from "stripe";
import { failedCharge, succeededCharge } from "../../objects/payments/charges.ts";
import { idOf } from "../../objects/store/store.ts";
import type { Context } from "../context/context.ts";

const returnedDebit = {
  code: "payment_intent_payment_attempt_failed",
  message: "The payment failed: the customer's bank account has insufficient funds.",
};

/** Ends a bank debit that is `processing`; answers undefined if there is nothing to settle. */
export function settleBankDebit(
  context: Context,
  paymentIntentId: string,
  outcome: "succeeded" | "failed",
): Stripe.PaymentIntent | undefined {
  const intent = context.store.paymentIntents.read(paymentIntentId);
  const charge = context.store.charges.read(idOf(intent?.latest_charge) ?? "");
  const session = context.store.sessions.find("paymentIntent", paymentIntentId);
  if (intent?.status !== "processing" || charge === undefined || session === undefined) return undefined;
  return outcome === "succeeded"
    ? succeed(context, { intent, charge, session })
    : fail(context, { intent, charge, session });
}

interface Settlement {
  intent: Stripe.PaymentIntent;
  charge: Stripe.Charge;
  session: Stripe.Checkout.Session;
}

function succeed(context: Context, { intent, charge, session }: Settlement): Stripe.PaymentIntent {
  const { store, events } = context;
  const succeeded = store.charges.replace(succeededCharge(charge));
  const paid = store.paymentIntents.replace({
    ...intent,
    amount_received: intent.amount,
    status: "succeeded",
  });
  const settled = store.sessions.replace({ ...session, payment_status: "paid" });
  events.emit("charge.succeeded", succeeded, context);
  events.emit("payment_intent.succeeded", paid, context);
  events.emit("checkout.session.async_payment_succeeded", settled, context);
  return paid;
}

function fail(context: Context, { intent, charge, session }: Settlement): Stripe.PaymentIntent {
  const { store, events } = context;
  const failed = store.charges.replace(failedCharge(charge, returnedDebit));
  const paymentMethod = store.paymentMethods.read(idOf(intent.payment_method) ?? "");
  const returned = store.paymentIntents.replace({
    ...intent,
    last_payment_error: {
      type: "card_error",
      ...returnedDebit,
      charge: charge.id,
      ...(paymentMethod && { payment_method: paymentMethod }),
    },
    payment_method: null,
    status: "requires_payment_method",
  });
  events.emit("charge.failed", failed, context);
  events.emit("payment_intent.payment_failed", returned, context);
  events.emit("checkout.session.async_payment_failed", session, context);
  return returned;
}
