import type { Stripe } from "stripe";
import { lineItemsOf } from "../../objects/checkout/lineItems.ts";
import { requireSession, sessionExpansions } from "../../objects/checkout/sessions.ts";
import { listPage } from "../../objects/store/pages.ts";
import { idOf } from "../../objects/store/store.ts";
import { confirmFields, confirmSession } from "../../operations/checkout/confirm.ts";
import { createSession } from "../../operations/checkout/create.ts";
import { expireSession } from "../../operations/checkout/expire.ts";
import { sessionFields } from "../../operations/checkout/sessionParams.ts";
import type { Context } from "../../operations/context/context.ts";
import { object, oneOf, string, type Decoded } from "../../platform/params.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

const listFields = {
  ...pageFields,
  created,
  payment_intent: string(),
  subscription: string(),
  customer: string(),
  customer_details: object({ email: string(512) }),
  status: oneOf("open", "complete", "expired"),
};

export const checkoutSessions: Resource = {
  expansions: [sessionExpansions],
  routes: [
    route("POST", "/v1/checkout/sessions", sessionFields, createSession),
    route("GET", "/v1/checkout/sessions/:id", {}, (context, _params, id) => requireSession(context, id)),
    route("GET", "/v1/checkout/sessions", listFields, listSessions),
    route("POST", "/v1/checkout/sessions/:id/expire", {}, (context, _params, id) =>
      expireSession(context, requireSession(context, id)),
    ),
    route("GET", "/v1/payment_pages/:id", {}, (context, _params, id) => requireSession(context, id)),
    route("POST", "/v1/payment_pages/:id/confirm", confirmFields, (context, params, id) =>
      confirmSession(context, requireSession(context, id), params),
    ),
    route("GET", "/v1/checkout/sessions/:id/line_items", pageFields, (context, params, id) =>
      lineItemsOf(context.store, requireSession(context, id).id, params),
    ),
  ],
};

function listSessions(
  { store }: Context,
  params: Decoded<typeof listFields>,
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
  intent: string | undefined;
  subscription: string | undefined;
  customer: string | undefined;
  email: string | undefined;
  status: string | undefined;
}):
  | { name: "paymentIntent" | "subscription" | "customer" | "email" | "status"; values: readonly string[] }
  | undefined {
  if (filter.intent !== undefined) return { name: "paymentIntent", values: [filter.intent] };
  if (filter.subscription !== undefined) return { name: "subscription", values: [filter.subscription] };
  if (filter.customer !== undefined) return { name: "customer", values: [filter.customer] };
  if (filter.email !== undefined) return { name: "email", values: [filter.email] };
  return filter.status === undefined ? undefined : { name: "status", values: [filter.status] };
}
