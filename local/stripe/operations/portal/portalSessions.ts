import type { Stripe } from "stripe";
import { LOCALES } from "../../objects/checkout/locales.ts";
import { PORTAL_PATH } from "../../objects/portal/portalSessions.ts";
import { missingObject, missingParameter } from "../../platform/errors.ts";
import { newId, randomText } from "../../platform/ids.ts";
import { oneOf, string, url, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";

export const CREATE_FIELDS = { customer: string(), return_url: url, locale: oneOf(...LOCALES) };

export function createPortalSession(
  context: Context,
  params: Decoded<typeof CREATE_FIELDS>,
): Stripe.BillingPortal.Session {
  const { store, clock, events, baseUrl } = context;
  if (params.customer === undefined) throw missingParameter("customer");
  if (store.customers.read(params.customer) === undefined) {
    throw missingObject("customer", params.customer, "customer");
  }
  const secret = `test_${randomText(60)}`;
  const session: Stripe.BillingPortal.Session = {
    id: newId("bps"),
    object: "billing_portal.session",
    after_expiration: null,
    configuration: CONFIGURATION_ID,
    created: clock.now(),
    customer: params.customer,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: params.locale ?? null,
    on_behalf_of: null,
    return_url: params.return_url ?? null,
    url: `${baseUrl}${PORTAL_PATH}${secret}`,
  };
  store.portalSessions.set(secret, session);
  events.emit("billing_portal.session.created", session, context);
  return session;
}

/** The portal's one configuration: cancel at the end of the period, and other cards. */
const CONFIGURATION_ID = "bpc_LocalStripeDefault000000";
