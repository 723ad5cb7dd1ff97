import type { Stripe } from "stripe";
import { isAlive, requireSubscription, subscriptionExpansions } from "../../objects/billing/subscriptions.ts";
import { listPage } from "../../objects/store/pages.ts";
import { cancelNow } from "../../operations/billing/cancelNow.ts";
import { createSubscription, createSubscriptionFields } from "../../operations/billing/create.ts";
import { resumeSubscription } from "../../operations/billing/resume.ts";
import {
  cancellationDetailsParam,
  updateSubscription,
  updateSubscriptionFields,
} from "../../operations/billing/update.ts";
import type { Context } from "../../operations/context/context.ts";
import { invalidRequest, missingObject } from "../../platform/errors.ts";
import { boolean, oneOf, string, type Decoded } from "../../platform/params.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

const listFields = {
  ...pageFields,
  created,
  customer: string(),
  price: string(),
  status: oneOf(
    "all",
    "active",
    "canceled",
    "ended",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "paused",
    "trialing",
    "unpaid",
  ),
};

/** Subscriptions: made by the checkout page or here, changed and canceled through the API. */
export const subscriptions: Resource = {
  expansions: [subscriptionExpansions],
  routes: [
    route("GET", "/v1/subscriptions/:id", {}, (context, _params, id) => requireSubscription(context, id)),
    route("POST", "/v1/subscriptions", createSubscriptionFields, createSubscription),
    route("POST", "/v1/subscriptions/:id", updateSubscriptionFields, (context, params, id) =>
      updateSubscription(context, requireSubscription(context, id), params),
    ),
    route(
      "DELETE",
      "/v1/subscriptions/:id",
      { cancellation_details: cancellationDetailsParam, invoice_now: boolean, prorate: boolean },
      (context, { cancellation_details: details = {}, invoice_now: invoiceNow, prorate }, id) => {
        const subscription = requireSubscription(context, id);
        if (!isAlive(subscription)) throw missingObject("subscription", id);
        return cancelNow(context, subscription, {
          details: {
            ...(details.comment !== undefined && { comment: details.comment }),
            ...(details.feedback !== undefined && { feedback: details.feedback }),
          },
          prorate: prorate ?? false,
          invoiceNow: invoiceNow ?? false,
        });
      },
    ),
    route("POST", "/v1/subscriptions/:id/resume", {}, (context, _params, id) => {
      const subscription = requireSubscription(context, id);
      if (subscription.status === "paused") return resumeSubscription(context, subscription);
      throw invalidRequest(
        `Only subscriptions with a status of \`paused\` can be resumed. This subscription has a status of \`${subscription.status}\`.`,
      );
    }),
    route("GET", "/v1/subscriptions", listFields, listSubscriptions),
  ],
};

function listSubscriptions(
  { store }: Context,
  params: Decoded<typeof listFields>,
): Stripe.ApiList<Stripe.Subscription> {
  const { customer, price, status } = params;
  return listPage(store.subscriptions, params, {
    url: "/v1/subscriptions",
    noun: "subscription",
    index: customer === undefined ? undefined : { name: "customer", values: [customer] },
    where: (subscription) =>
      hasStatus(subscription, status) &&
      (price === undefined || subscription.items.data.some((item) => item.price.id === price)),
  });
}

/** Canceled subscriptions are listed only when they are asked for. */
function hasStatus(subscription: Stripe.Subscription, wanted: string | undefined): boolean {
  if (wanted === "all") return true;
  if (wanted === "ended") return !isAlive(subscription);
  return wanted === undefined ? subscription.status !== "canceled" : subscription.status === wanted;
}
