import type { Stripe } from "stripe";
import { scheduleOf } from "../../objects/billing/schedules.ts";
import { isAlive, periodOf } from "../../objects/billing/subscriptions.ts";
import { idOf } from "../../objects/store/store.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import {
  boolean,
  emptyable,
  integer,
  list,
  object,
  oneOf,
  string,
  type Decoded,
} from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import { changeItems } from "./changeItems.ts";
import { replaceDiscounts } from "./discounts.ts";
import { endWithoutMethod, requireEndableTrial, withTrialOver } from "./endTrial.ts";
import { itemsParam, requireItemChanges } from "./itemChanges.ts";
import { cancelAtParam, toCancellation } from "./scheduledCancel.ts";
import { replaceSubscription } from "./subscriptions.ts";

/** Why somebody cancels, in their own words or as one of these reasons. */
export const cancellationDetailsParam = object({
  comment: emptyable(string()),
  feedback: emptyable(
    oneOf(
      "customer_service",
      "low_quality",
      "missing_features",
      "other",
      "switched_service",
      "too_complex",
      "too_expensive",
      "unused",
    ),
  ),
});

/** What the update of a subscription takes. */
export const updateSubscriptionFields = {
  cancel_at: cancelAtParam,
  cancel_at_period_end: boolean,
  cancellation_details: cancellationDetailsParam,
  default_payment_method: string(),
  description: emptyable(string(500)),
  discounts: emptyable(list(object({ coupon: string(), discount: string() }), { max: 20 })),
  items: itemsParam,
  metadata,
  pause_collection: emptyable(
    object({ behavior: oneOf("keep_as_draft", "mark_uncollectible", "void"), resumes_at: integer() }),
  ),
  payment_behavior: oneOf("allow_incomplete"),
  proration_behavior: oneOf("always_invoice", "create_prorations", "none"),
  proration_date: integer(),
  trial_end: oneOf("now"),
};

type Params = Decoded<typeof updateSubscriptionFields>;

/** Changes a subscription: `customer.subscription.updated`, and whatever the new prices of its items lead to. */
export function updateSubscription(
  context: Context,
  before: Stripe.Subscription,
  params: Params,
): Stripe.Subscription {
  requireChangeable(before, params);
  requireOwnItems(context, before, params);
  const changes = requireItemChanges(context, before, params.items ?? []);
  const ending = params.trial_end === undefined ? undefined : requireEndableTrial(context, before);
  if (ending !== undefined && changes.length > 0) {
    throw invalidRequest("Local Stripe does not end a trial together with a change of its items.", {
      param: "items",
    });
  }
  const prorationDate = params.proration_date ?? context.clock.now();
  const { start, end } = periodOf(before);
  if (prorationDate < start || prorationDate > end) {
    throw invalidRequest("Invalid proration_date: it must be within the current period.", {
      param: "proration_date",
    });
  }
  const discounted =
    params.discounts === undefined ? before : replaceDiscounts(context, before, params.discounts ?? []);
  const changed = {
    ...discounted,
    ...cancellation(context, before, params),
    ...pausing(context, before, params),
    ...(params.default_payment_method !== undefined && {
      default_payment_method: requireOwnMethod(context, before, params.default_payment_method),
    }),
    ...(params.description !== undefined && { description: params.description }),
    metadata: mergeMetadata(before.metadata, params.metadata === undefined ? {} : params.metadata),
  };
  if (ending !== undefined) {
    const ended = withTrialOver(changed, context.clock.now());
    return endWithoutMethod(context, { before, ended }, ending);
  }
  if (changes.length === 0) return replaceSubscription(context, before, changed);
  return changeItems(
    context,
    { before, changed },
    { items: changes, behavior: params.proration_behavior ?? "create_prorations", at: prorationDate },
  );
}

function requireChangeable(subscription: Stripe.Subscription, params: Params): void {
  const allowed = new Set(["metadata", "cancellation_details"]);
  if (isAlive(subscription) || Object.keys(params).every((name) => allowed.has(name))) return;
  throw invalidRequest("A canceled subscription can only update its cancellation_details and metadata.", {
    code: "invalid_canceled_subscription_fields",
  });
}

/** At Stripe that would change the schedule's current phase. */
function requireOwnItems(context: Context, subscription: Stripe.Subscription, { items }: Params): void {
  if (items === undefined || scheduleOf(context, subscription) === undefined) return;
  throw invalidRequest("Local Stripe does not change the items of a subscription under a schedule.", {
    param: "items",
  });
}

function cancellation(
  context: Context,
  before: Stripe.Subscription,
  params: Params,
): Partial<Stripe.Subscription> {
  const { cancellation_details: given } = params;
  const details = {
    comment: null,
    feedback: null,
    feedback_option: null,
    reason: null,
    ...before.cancellation_details,
    ...(given?.comment !== undefined && { comment: given.comment }),
    ...(given?.feedback !== undefined && { feedback: given.feedback }),
  };
  const ending = toCancellation(context, before, params);
  if (ending === undefined) return { cancellation_details: details };
  const isEnding = ending.cancel_at !== null;
  return {
    ...ending,
    canceled_at: isEnding ? context.clock.now() : null,
    cancellation_details: { ...details, reason: isEnding ? "cancellation_requested" : null },
  };
}

function pausing(
  { due, clock }: Context,
  { id }: Stripe.Subscription,
  { pause_collection: pause }: Params,
): Partial<Stripe.Subscription> {
  if (pause === undefined) return {};
  if (pause === null) return { pause_collection: null };
  if (pause.behavior === undefined) throw missingParameter("pause_collection[behavior]");
  const resumesAt = pause.resumes_at ?? null;
  if (resumesAt !== null && resumesAt <= clock.now()) {
    throw invalidRequest("The `resumes_at` timestamp must be in the future.", {
      param: "pause_collection[resumes_at]",
    });
  }
  if (resumesAt !== null) due.add({ kind: "resume_collection", id, at: resumesAt }, resumesAt);
  return { pause_collection: { behavior: pause.behavior, resumes_at: resumesAt } };
}

function requireOwnMethod({ store }: Context, { customer }: Stripe.Subscription, id: string): string {
  const method = store.paymentMethods.read(id);
  const param = "default_payment_method";
  if (method === undefined) throw missingObject("PaymentMethod", id, param);
  if (idOf(method.customer) === idOf(customer)) return id;
  throw invalidRequest(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: "resource_missing", param },
  );
}
