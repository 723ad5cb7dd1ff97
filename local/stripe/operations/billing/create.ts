import type { Stripe } from "stripe";
import type { ItemPrice } from "../../objects/billing/invoiceItems.ts";
import { currentSubscription } from "../../objects/billing/subscriptions.ts";
import { requirePrice } from "../../objects/catalogue/prices.ts";
import { cardOf } from "../../objects/payments/cards.ts";
import { idOf } from "../../objects/store/store.ts";
import { DAY } from "../../platform/clock.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { integer, list, object, oneOf, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import { billingModeParam, requireBillingMode, toBillingMode } from "./billingMode.ts";
import { replaceDiscounts } from "./discounts.ts";
import { MOST_ITEMS, requireRecurring, requireTogether } from "./itemChanges.ts";
import { hasPending } from "./pending.ts";
import { beginSubscription } from "./start.ts";

const itemFields = { price: string(), quantity: integer({ min: 1 }) };

/** What a new subscription takes, see https://docs.stripe.com/api/subscriptions/create. */
export const createSubscriptionFields = {
  billing_mode: billingModeParam,
  customer: string(),
  default_payment_method: string(),
  description: string(500),
  discounts: list(object({ coupon: string(), discount: string() }), { max: 20 }),
  items: list(object(itemFields), { max: MOST_ITEMS }),
  metadata,
  trial_period_days: integer({ min: 1, max: 730 }),
  trial_settings: object({
    end_behavior: object({ missing_payment_method: oneOf("cancel", "create_invoice", "pause") }),
  }),
};

type Params = Decoded<typeof createSubscriptionFields>;

/**
 * Subscribes a customer whose card is known: `customer.subscription.created`, and the first invoice, which their balance
 * and the card pay at once.
 */
export function createSubscription(context: Context, params: Params): Stripe.Subscription {
  const customer = requireOwner(context, params.customer);
  requireBillingMode(params.billing_mode, "billing_mode");
  const { prices, currency } = requireItems(context, params.items);
  const paymentMethodId = params.default_payment_method ?? null;
  const days = params.trial_period_days;
  requireCard(context, customer, { methodId: paymentMethodId, trial: days !== undefined });
  requireNothingPending(context, customer);
  const now = context.clock.now();
  const { subscriptionId } = beginSubscription(
    context,
    {
      customerId: customer.id,
      paymentMethodId,
      currency,
      prices,
      metadata: mergeMetadata({}, params.metadata),
      description: params.description ?? null,
      trialEnd: days === undefined ? null : now + days * DAY,
      missingPaymentMethod: params.trial_settings?.end_behavior?.missing_payment_method ?? "create_invoice",
      billingMode: toBillingMode(params.billing_mode),
    },
    {
      discount: (subscription) => replaceDiscounts(context, subscription, params.discounts ?? []),
      sessionId: null,
      intent: undefined,
    },
  );
  return currentSubscription(context, subscriptionId);
}

function requireOwner({ store }: Context, id: string | undefined): Stripe.Customer {
  if (id === undefined) throw missingParameter("customer");
  const customer = store.customers.read(id);
  if (customer === undefined) throw missingObject("customer", id, "customer");
  return customer;
}

function requireItems(
  context: Context,
  items: Params["items"] = [],
): { prices: ItemPrice[]; currency: string } {
  const [first] = items;
  if (first?.price === undefined) throw missingParameter(first === undefined ? "items" : "items[0][price]");
  const { currency } = requirePrice(context, first.price, "items[0][price]");
  const prices = items.map(({ price: priceId, quantity = 1 }, index) => {
    const param = `items[${index}]`;
    if (priceId === undefined) throw missingParameter(`${param}[price]`);
    return { price: requireRecurring(context, { currency }, { priceId, param }), quantity };
  });
  requireTogether(prices);
  return { prices, currency };
}

/** At Stripe the first invoice would have it on it. */
function requireNothingPending(context: Context, { id }: Stripe.Customer): void {
  if (!hasPending(context, id)) return;
  throw invalidRequest("Local Stripe begins no subscription for a customer with pending invoice items.", {
    param: "customer",
  });
}

/** Stripe would leave a subscription incomplete whose card is refused; local Stripe refuses to begin it. A trial needs none. */
function requireCard(
  { store }: Context,
  customer: Stripe.Customer,
  { methodId, trial }: { methodId: string | null; trial: boolean },
): void {
  const param = "default_payment_method";
  const id = methodId ?? idOf(customer.invoice_settings.default_payment_method);
  if (id === null && trial) return;
  if (id === null) {
    throw invalidRequest("This customer has no attached payment source or default payment method.", {
      code: "resource_missing",
      param,
    });
  }
  const method = store.paymentMethods.read(id);
  if (method === undefined || idOf(method.customer) !== customer.id) {
    throw missingObject("PaymentMethod", id, param);
  }
  if (cardOf(method)?.decline === undefined) return;
  throw invalidRequest("Local Stripe does not begin a subscription with a card that is declined.", { param });
}
