import type { Stripe } from "stripe";
import { customerDetails } from "../../objects/checkout/sessions.ts";
import type { Payer } from "../../objects/payments/paymentMethods.ts";
import { idOf } from "../../objects/store/store.ts";
import type { Context } from "../context/context.ts";
import { createCustomer } from "../customers/customers.ts";
import { redeemDiscounts } from "./discounts.ts";

/**
 * Completes a session: first its customer, then the money (`settle` gets the customer and answers the fields that change
 * on the session), then the session itself with `checkout.session.completed`, so that events come in the order in which
 * things happen.
 */
export function completeSession(
  context: Context,
  session: Stripe.Checkout.Session,
  ending: { payer: Payer; status: "paid" | "unpaid" | "no_payment_required" },
  settle: (customerId: string | null) => Partial<Stripe.Checkout.Session> = () => ({}),
): Stripe.Checkout.Session {
  const { store, events } = context;
  const customer = resolveCustomer(context, session, ending.payer);
  const result = settle(customer);
  redeemDiscounts(context, session);
  const completed = store.sessions.replace({
    ...session,
    ...result,
    customer,
    customer_details: customerDetails(ending.payer),
    payment_status: ending.status,
    status: "complete",
    url: null,
  });
  events.emit("checkout.session.completed", completed, context);
  return completed;
}

function resolveCustomer(context: Context, session: Stripe.Checkout.Session, payer: Payer): string | null {
  const given = context.store.customers.read(idOf(session.customer) ?? "");
  if (given !== undefined) {
    if (given.email === null && payer.email !== null) {
      const customer = context.store.customers.replace({ ...given, email: payer.email });
      context.events.emit("customer.updated", customer, { origin: context.origin, previous: given });
    }
    return given.id;
  }
  if (session.customer !== null || session.customer_creation !== "always") return idOf(session.customer);
  return createCustomer(context, { email: payer.email, name: payer.name }).id;
}
