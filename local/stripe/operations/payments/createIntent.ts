import type { Stripe } from "stripe";
import { requireCustomer } from "../../objects/customers/customers.ts";
import { cardOf } from "../../objects/payments/cards.ts";
import { newCharge } from "../../objects/payments/charges.ts";
import { savedInstrument } from "../../objects/payments/instruments.ts";
import { newPaymentIntent } from "../../objects/payments/paymentIntents.ts";
import { idOf } from "../../objects/store/store.ts";
import { currency, formatAmount, minimumCharge, requireChargeable } from "../../platform/currencies.ts";
import { invalidRequest, missingParameter } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { boolean, email, integer, list, object, oneOf, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import { declineAttempt } from "./decline.ts";
import { attachMethod } from "./keepCard.ts";
import { requireShipping, shippingParam, toShipping } from "./shipping.ts";
import { settleIntent } from "./succeed.ts";
import { takeMethod } from "./takeMethod.ts";

/** What a new payment intent takes, see https://docs.stripe.com/api/payment_intents/create. */
export const createIntentFields = {
  amount: integer({ min: 1 }),
  currency,
  confirm: boolean,
  payment_method: string(),
  customer: string(),
  allowed_payment_method_types: list(string()),
  automatic_payment_methods: object({ enabled: boolean, allow_redirects: oneOf("always", "never") }),
  capture_method: oneOf("automatic", "automatic_async"),
  description: string(1000),
  metadata,
  off_session: boolean,
  receipt_email: email,
  setup_future_usage: oneOf("off_session", "on_session"),
  shipping: shippingParam,
  statement_descriptor: string(22),
  statement_descriptor_suffix: string(22),
};

type Params = Decoded<typeof createIntentFields>;

/**
 * Charges a card that is known: `payment_intent.created`, then what a payment or a decline leads to. Local Stripe makes no
 * intent that waits to be confirmed.
 *
 * @throws ApiError 402 if the card is declined.
 */
export function createIntent(context: Context, params: Params): Stripe.PaymentIntent {
  const { store, clock, events } = context;
  const { amount, code } = requireAmount(params);
  requireShipping(params.shipping, "shipping");
  const method = requireMethod(context, params);
  const card = cardOf(method);
  const now = clock.now();
  const created = store.paymentIntents.insert({
    ...newPaymentIntent(
      {
        amount,
        currency: code,
        customer: params.customer ?? null,
        paymentMethodTypes: ["card"],
        data: toData(params),
      },
      now,
    ),
    ...(params.allowed_payment_method_types && {
      allowed_payment_method_types: [...params.allowed_payment_method_types],
    }),
  });
  events.emit("payment_intent.created", created, context);
  const intent = store.paymentIntents.replace({ ...created, payment_method: method.id });
  const { details } = savedInstrument(method, now);
  const charge = newCharge(intent, method.billing_details, { paymentMethodId: method.id, details, now });
  if (card?.decline !== undefined) {
    throw declineAttempt(context, { intent, charge, paymentMethod: method, decline: card.decline });
  }
  const customer = params.customer ?? null;
  const paid = settleIntent(context, { intent, charge, customer });
  const keeps = params.setup_future_usage !== undefined && customer !== null && method.customer === null;
  if (keeps) attachMethod(context, method.id, customer);
  return paid;
}

function requireAmount({ amount, currency: code }: Params): { amount: number; code: string } {
  if (amount === undefined) throw missingParameter("amount");
  if (code === undefined) throw missingParameter("currency");
  if (amount < minimumCharge(code)) {
    throw invalidRequest(`Amount must be at least ${formatAmount(minimumCharge(code), code)} ${code}`, {
      code: "amount_too_small",
      param: "amount",
    });
  }
  requireChargeable(amount, code);
  return { amount, code };
}

function requireMethod(context: Context, params: Params): Stripe.PaymentMethod {
  if (params.confirm !== true) {
    throw invalidRequest("Local Stripe makes only payment intents that are confirmed at once.", {
      param: "confirm",
    });
  }
  if (params.allowed_payment_method_types?.includes("card") === false) {
    throw invalidRequest("Local Stripe charges only cards through the API.", {
      param: "allowed_payment_method_types",
    });
  }
  if (params.payment_method === undefined) throw missingParameter("payment_method");
  if (params.customer !== undefined) requireCustomer(context, params.customer);
  const method = takeMethod(context, params.payment_method);
  if (cardOf(method) === undefined) {
    throw invalidRequest("Local Stripe charges only cards through the API.", { param: "payment_method" });
  }
  const owner = idOf(method.customer);
  if (owner === null || owner === params.customer) return method;
  throw invalidRequest(
    `The provided PaymentMethod cannot be used: it belongs to the customer ${owner}. Please include it in the \`customer\` parameter.`,
    { param: "payment_method" },
  );
}

function toData(params: Params): Parameters<typeof newPaymentIntent>[0]["data"] {
  return {
    metadata: mergeMetadata({}, params.metadata),
    description: params.description ?? null,
    receiptEmail: params.receipt_email ?? null,
    statementDescriptor: params.statement_descriptor ?? null,
    statementDescriptorSuffix: params.statement_descriptor_suffix ?? null,
    captureMethod: params.capture_method ?? "automatic_async",
    setupFutureUsage: params.setup_future_usage ?? null,
    shipping: toShipping(params.shipping),
  };
}
