import type { Stripe } from "stripe";
import type { Decline } from "../../objects/payments/cards.ts";
import { failedCharge } from "../../objects/payments/charges.ts";
import { ApiError } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";

/** Ends an attempt whose card was declined: its charge fails, its payment intent waits for another card. */
export function declineAttempt(
  context: Context,
  attempt: {
    intent: Stripe.PaymentIntent;
    charge: Stripe.Charge;
    paymentMethod: Stripe.PaymentMethod;
    decline: Decline;
  },
): ApiError {
  const { store, events } = context;
  const failed = store.charges.insert(failedCharge(attempt.charge, attempt.decline));
  const problem = {
    ...toProblem(attempt.decline),
    charge: failed.id,
    payment_method: attempt.paymentMethod,
  };
  const declined = store.paymentIntents.replace({
    ...attempt.intent,
    last_payment_error: problem,
    latest_charge: failed.id,
    payment_method: null,
    status: "requires_payment_method",
  });
  events.emit("charge.failed", failed, context);
  events.emit("payment_intent.payment_failed", declined, context);
  return new ApiError(402, { ...problem, payment_intent: declined });
}

/** The 402 for a card that was refused before it was charged. */
export function cardError(decline: Decline): ApiError {
  return new ApiError(402, toProblem(decline));
}

function toProblem({ code, declineCode, message }: Decline): CardProblem {
  return {
    type: "card_error",
    code,
    ...(declineCode !== undefined && { decline_code: declineCode }),
    message,
  };
}

interface CardProblem {
  type: "card_error";
  code: string;
  decline_code?: string;
  message: string;
}
