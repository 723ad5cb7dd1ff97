import type { Stripe } from "stripe";
import { locales } from "../../objects/checkout/locales.ts";
import { newPortalSession } from "../../objects/portal/portalSessions.ts";
import { missingObject, missingParameter } from "../../platform/errors.ts";
import { randomText } from "../../platform/ids.ts";
import { oneOf, string, url, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";

export const createPortalSessionFields = { customer: string(), return_url: url, locale: oneOf(...locales) };

export function createPortalSession(
  context: Context,
  params: Decoded<typeof createPortalSessionFields>,
): Stripe.BillingPortal.Session {
  const { store, clock, events, baseUrl } = context;
  if (params.customer === undefined) throw missingParameter("customer");
  if (store.customers.read(params.customer) === undefined) {
    throw missingObject("customer", params.customer, "customer");
  }
  const secret = `test_${randomText(60)}`;
  const session = newPortalSession({
    customerId: params.customer,
    locale: params.locale ?? null,
    returnUrl: params.return_url ?? null,
    baseUrl,
    secret,
    now: clock.now(),
  });
  store.portalSessions.set(secret, session);
  events.emit("billing_portal.session.created", session, context);
  return session;
}
