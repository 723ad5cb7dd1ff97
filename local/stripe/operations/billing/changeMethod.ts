import type { Stripe } from "stripe";
import { subscriptionsOf } from "../../objects/billing/subscriptions.ts";
import type { Payer } from "../../objects/payments/paymentMethods.ts";
import type { Context } from "../context/context.ts";
import { giveCard, type PayWith } from "../payments/keepCard.ts";
import { replaceSubscription } from "./subscriptions.ts";

/**
 * Gives a customer another card for all later payments: `payment_method.attached`, `customer.updated`, and
 * `customer.subscription.updated` for each subscription that has not ended.
 *
 * @throws ApiError 402 if the card's bank refuses it.
 */
export function changeMethod(
  context: Context,
  customer: Stripe.Customer,
  card: { payWith: PayWith; payer: Payer },
): void {
  const { store, events, origin } = context;
  const paymentMethodId = giveCard(context, customer.id, card);
  const changed = store.customers.replace({
    ...customer,
    invoice_settings: { ...customer.invoice_settings, default_payment_method: paymentMethodId },
  });
  events.emit("customer.updated", changed, { origin, previous: customer });
  for (const subscription of subscriptionsOf(context, customer.id)) {
    replaceSubscription(context, subscription, { ...subscription, default_payment_method: paymentMethodId });
  }
}
