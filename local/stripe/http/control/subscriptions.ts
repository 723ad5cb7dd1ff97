import type { Stripe } from "stripe";
import { isAlive, requireSubscription } from "../../objects/billing/subscriptions.ts";
import { idOf } from "../../objects/store/store.ts";
import { replaceSubscription } from "../../operations/billing/subscriptions.ts";
import { giveCard } from "../../operations/payments/keepCard.ts";
import type { ControlCall } from "./call.ts";
import { ControlError, ControlInput } from "./input.ts";

const endings = ["canceled", "past_due", "unpaid"] as const;

/** Gives a subscription another card, as its customer would; 4000 0000 0000 0341 fails only when it is charged. */
export function setPaymentMethod({ account, id, body }: ControlCall): Stripe.Subscription {
  const number = new ControlInput(body, ["card"]).readString("card");
  if (number === undefined) throw new ControlError(400, 'Missing "card": expected the number of a test card');
  const subscription = requireSubscription(account, id);
  if (!isAlive(subscription)) {
    throw new ControlError(409, `Cannot change subscription "${id}": it is ${subscription.status}`);
  }
  const context = account.context(null);
  const customerId = idOf(subscription.customer) ?? "";
  const customer = account.store.customers.read(customerId);
  const year = new Date(account.clock.nowMs()).getUTCFullYear() + 3;
  const paymentMethodId = giveCard(context, customerId, {
    payWith: { method: "card", number, month: 12, year },
    payer: { email: customer?.email ?? null, name: customer?.name ?? null },
  });
  return replaceSubscription(context, subscription, {
    ...subscription,
    default_payment_method: paymentMethodId,
  });
}

/** Sets what happens to a subscription if the last attempt to collect its invoice fails. */
export function setBillingSettings({ account, body }: ControlCall): object {
  const input = new ControlInput(body, ["whenRetriesEnd"]);
  account.store.billing.whenRetriesEnd = input.requireOneOf("whenRetriesEnd", endings);
  return { ...account.store.billing };
}
