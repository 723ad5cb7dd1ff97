import type { Stripe } from "stripe";
import { isAlive, replaceSubscription } from "../billing/subscriptions.ts";
import { cardError } from "../checkout/decline.ts";
import { attachMethod, keepCard } from "../checkout/subscribe.ts";
import { requireSubscription } from "../resources/subscriptions.ts";
import { idOf } from "../store/store.ts";
import type { ControlCall } from "./handle.ts";
import { ControlError, ControlInput } from "./input.ts";

const ENDINGS = ["canceled", "past_due", "unpaid"] as const;

/** Gives a subscription another card, as its customer does; 4000 0000 0000 0341 can be kept and then fails. */
export function setPaymentMethod({ app, id, body }: ControlCall): Stripe.Subscription {
  const number = new ControlInput(body, ["card"]).readString("card");
  if (number === undefined) throw new ControlError(400, 'Missing "card": expected the number of a test card');
  const subscription = requireSubscription(app, id);
  if (!isAlive(subscription)) {
    throw new ControlError(409, `Cannot change subscription "${id}": it is ${subscription.status}`);
  }
  const context = app.context(null);
  const customerId = idOf(subscription.customer) ?? "";
  const customer = app.store.customers.read(customerId);
  const year = new Date(app.clock.nowMs()).getUTCFullYear() + 3;
  const kept = keepCard(
    context,
    { method: "card", number, month: 12, year },
    { email: customer?.email ?? null, name: customer?.name ?? null },
  );
  if (kept.outcome === "refused") throw cardError(kept.decline);
  if (kept.outcome === "no_card") throw new Error("Cannot keep a card: it is none");
  attachMethod(context, kept.paymentMethodId, customerId);
  return replaceSubscription(context, subscription, {
    ...subscription,
    default_payment_method: kept.paymentMethodId,
  });
}

/** Sets what becomes of a subscription whose invoice could not be collected in the end. */
export function setBillingSettings({ app, body }: ControlCall): object {
  const input = new ControlInput(body, ["whenRetriesEnd"]);
  app.store.billing.whenRetriesEnd = input.requireOneOf("whenRetriesEnd", ENDINGS);
  return { ...app.store.billing };
}
