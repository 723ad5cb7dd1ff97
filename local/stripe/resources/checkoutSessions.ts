import type { Stripe } from "stripe";
import { missingObject } from "../api/errors.ts";
import { created, listPage, PAGE_FIELDS } from "../api/list.ts";
import { object, oneOf, string } from "../api/params.ts";
import type { Decoded } from "../api/params.ts";
import { route } from "../api/route.ts";
import { createSession } from "../checkout/create.ts";
import { expireSession } from "../checkout/expire.ts";
import { lineItemsOf } from "../checkout/lineItems.ts";
import { SESSION_FIELDS } from "../checkout/sessionParams.ts";
import type { Context } from "../context.ts";
import { idOf } from "../store/store.ts";

const LIST_FIELDS = {
  ...PAGE_FIELDS,
  created,
  payment_intent: string(),
  subscription: string(),
  customer: string(),
  customer_details: object({ email: string(512) }),
  status: oneOf("open", "complete", "expired"),
};

export const CHECKOUT_SESSION_ROUTES = [
  route("POST", "/v1/checkout/sessions", SESSION_FIELDS, createSession),
  route("GET", "/v1/checkout/sessions/:id", {}, (context, _params, id) => requireSession(context, id)),
  route("GET", "/v1/checkout/sessions", LIST_FIELDS, listSessions),
  route("POST", "/v1/checkout/sessions/:id/expire", {}, (context, _params, id) =>
    expireSession(context, requireSession(context, id)),
  ),
  route("GET", "/v1/checkout/sessions/:id/line_items", PAGE_FIELDS, (context, params, id) =>
    lineItemsOf(context.store, requireSession(context, id).id, params),
  ),
];

/** The session, or Stripe's 404. */
export function requireSession({ store }: Pick<Context, "store">, id: string): Stripe.Checkout.Session {
  const session = store.sessions.read(id);
  if (session === undefined) throw missingObject("checkout.session", id);
  return session;
}

function listSessions(
  { store }: Context,
  params: Decoded<typeof LIST_FIELDS>,
): Stripe.ApiList<Stripe.Checkout.Session> {
  const { payment_intent: intent, subscription, customer, status, customer_details: details } = params;
  const email = details?.email;
  return listPage(store.sessions, params, {
    url: "/v1/checkout/sessions",
    noun: "checkout.session",
    index: narrowest({ intent, subscription, customer, email, status }),
    where: (session) =>
      (intent === undefined || idOf(session.payment_intent) === intent) &&
      (subscription === undefined || idOf(session.subscription) === subscription) &&
      (customer === undefined || idOf(session.customer) === customer) &&
      (email === undefined || session.customer_details?.email === email) &&
      (status === undefined || session.status === status),
  });
}

function narrowest(filter: {
  readonly intent: string | undefined;
  readonly subscription: string | undefined;
  readonly customer: string | undefined;
  readonly email: string | undefined;
  readonly status: string | undefined;
}):
  | { name: "paymentIntent" | "subscription" | "customer" | "email" | "status"; values: readonly string[] }
  | undefined {
  if (filter.intent !== undefined) return { name: "paymentIntent", values: [filter.intent] };
  if (filter.subscription !== undefined) return { name: "subscription", values: [filter.subscription] };
  if (filter.customer !== undefined) return { name: "customer", values: [filter.customer] };
  if (filter.email !== undefined) return { name: "email", values: [filter.email] };
  return filter.status === undefined ? undefined : { name: "status", values: [filter.status] };
}
