import type { Stripe } from "stripe";
import { newId } from "../../platform/ids.ts";

/** Where the portal's page is; the rest of the path is the session's secret. */
export const PORTAL_PATH = "/p/session/";

/** The portal's one configuration: cancel at the end of the period, and other cards. */
const CONFIGURATION_ID = "bpc_LocalStripeDefault000000";

/** What a new portal session is made of. */
export interface PortalSessionSeed {
  customerId: string;
  locale: Stripe.BillingPortal.Session["locale"];
  returnUrl: string | null;
  /** The server's own address. */
  baseUrl: string;
  /** Whoever knows it may open the portal. */
  secret: string;
  now: number;
}

/** A new portal session as Stripe shows it. */
export function newPortalSession(seed: PortalSessionSeed): Stripe.BillingPortal.Session {
  return {
    id: newId("bps"),
    object: "billing_portal.session",
    after_expiration: null,
    configuration: CONFIGURATION_ID,
    created: seed.now,
    customer: seed.customerId,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: seed.locale,
    on_behalf_of: null,
    return_url: seed.returnUrl,
    url: `${seed.baseUrl}${PORTAL_PATH}${seed.secret}`,
  };
}
