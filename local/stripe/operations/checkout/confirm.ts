import type { Stripe } from "stripe";
import { cardOf } from "../../objects/payments/cards.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { integer, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import type { PayWith } from "../payments/keepCard.ts";
import { paySession } from "./pay.ts";

export const confirmFields = { payment_method: string(), expected_amount: integer({ min: 0 }) };

/**
 * Pays a session as Stripe's own checkout page does. Stripe does not document it; its CLI relies on it.
 * Source: https://github.com/stripe/stripe-cli/blob/master/pkg/fixtures/triggers/checkout.session.completed.json
 *
 * @throws ApiError if the card is declined, the session cannot be paid like this, or it asks for another amount.
 */
export function confirmSession(
  context: Context,
  session: Stripe.Checkout.Session,
  params: Decoded<typeof confirmFields>,
): Stripe.Checkout.Session {
  const { payment_method: id, expected_amount: expected } = params;
  if (id === undefined) throw missingParameter("payment_method");
  const method = context.store.paymentMethods.read(id);
  if (method === undefined) throw missingObject("PaymentMethod", id, "payment_method");
  if (expected === undefined) throw missingParameter("expected_amount");
  if (session.status === "open" && expected !== session.amount_total) {
    throw invalidRequest("The amount of this Checkout Session has changed.", {
      code: "checkout_amount_mismatch",
      param: "expected_amount",
    });
  }
  const result = paySession(context, session, { payWith: toPayWith(method), payer: method.billing_details });
  if (result.outcome === "complete") return result.session;
  if (result.outcome === "declined") throw result.error;
  if (result.outcome !== "not_open") throw invalidRequest(result.message, { param: "payment_method" });
  throw invalidRequest(`This Checkout Session is no longer active. Its status is ${session.status}.`);
}

function toPayWith(saved: Stripe.PaymentMethod): PayWith {
  const { card } = saved;
  if (card === undefined) return { method: "bank_debit", saved };
  const number = cardOf(saved)?.number ?? "";
  return { method: "card", number, month: card.exp_month, year: card.exp_year, saved };
}
