import type { Stripe } from "stripe";
import { cardNamed, cardOf } from "../../objects/payments/cards.ts";
import { cardInstrument } from "../../objects/payments/instruments.ts";
import { requireCustomer } from "../../objects/customers/customers.ts";
import { idOf } from "../../objects/store/store.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import { expiry } from "./createMethod.ts";
import { cardError } from "./decline.ts";
import { attachMethod } from "./keepCard.ts";

/**
 * The payment method with this id; `pm_card_visa` and the like make a new one of the test card that has this name.
 * Source: https://docs.stripe.com/testing, "PaymentMethods"
 */
export function takeMethod(
  { store, clock }: Context,
  id: string,
  param = "payment_method",
): Stripe.PaymentMethod {
  const card = id.startsWith("pm_card_") ? cardNamed(id.slice("pm_card_".length)) : undefined;
  if (card !== undefined) {
    const payer = { email: null, name: null };
    return store.paymentMethods.insert(cardInstrument(card, payer, expiry(clock.now())).paymentMethod);
  }
  const method = store.paymentMethods.read(id);
  if (method === undefined) throw missingObject("PaymentMethod", id, param);
  return method;
}

/**
 * A payment method that can be given to a customer: a card that belongs to nobody yet.
 *
 * @throws ApiError 402 if the card's bank refuses to have it saved.
 */
export function takeForCustomer(context: Context, id: string): Stripe.PaymentMethod {
  const method = takeMethod(context, id);
  if (method.customer !== null) {
    throw invalidRequest("The payment method you provided has already been attached to a customer.", {
      param: "payment_method",
    });
  }
  const card = cardOf(method);
  if (card === undefined)
    throw invalidRequest("Local Stripe attaches cards only.", { param: "payment_method" });
  if (card.decline !== undefined && card.attaches !== true) throw cardError(card.decline);
  return method;
}

export const attachFields = { customer: string() };

/** Gives a payment method to a customer, see https://docs.stripe.com/api/payment_methods/attach. */
export function attachToCustomer(
  context: Context,
  { customer: customerId }: Decoded<typeof attachFields>,
  id: string,
): Stripe.PaymentMethod {
  if (customerId === undefined) throw missingParameter("customer");
  const customer = requireCustomer(context, customerId);
  const own = context.store.paymentMethods.read(id);
  if (own !== undefined && idOf(own.customer) === customer.id) return own;
  return attachMethod(context, takeForCustomer(context, id).id, customer.id);
}
