import type { Stripe } from "stripe";
import { requireSucceededCharge } from "../../objects/payments/charges.ts";
import { refundExpansions, refundsOf, requireRefund } from "../../objects/refunds/refunds.ts";
import { listPage } from "../../objects/store/pages.ts";
import { idOf } from "../../objects/store/store.ts";
import type { Context } from "../../operations/context/context.ts";
import { createRefund, replaceRefund } from "../../operations/refunds/create.ts";
import { invalidRequest, missingObject } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { integer, oneOf, string, type Decoded } from "../../platform/params.ts";
import { chargeIndex, created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

/** Why money is given back, in the words of the API. */
const refundReason = oneOf("duplicate", "fraudulent", "requested_by_customer");

const createRefundFields = {
  payment_intent: string(),
  charge: string(),
  amount: integer({ min: 1 }),
  reason: refundReason,
  metadata,
};

const listFields = { ...pageFields, created, charge: string(), payment_intent: string() };

export const refunds: Resource = {
  expansions: [refundExpansions],
  routes: [
    route("POST", "/v1/refunds", createRefundFields, (context, params) =>
      createRefund(context, requireCharge(context, params), {
        amount: params.amount,
        reason: params.reason,
        metadata: mergeMetadata({}, params.metadata),
      }),
    ),
    route("GET", "/v1/refunds/:id", {}, (context, _params, id) => requireRefund(context, id)),
    route("POST", "/v1/refunds/:id", { metadata }, updateRefund),
    route("GET", "/v1/refunds", listFields, ({ store }, params) => {
      const { charge, payment_intent: intent } = params;
      return listPage(store.refunds, params, {
        url: "/v1/refunds",
        noun: "refund",
        index: chargeIndex({ charge, intent }),
        where: (refund) => intent === undefined || idOf(refund.payment_intent) === intent,
      });
    }),
    route("GET", "/v1/charges/:id/refunds", { ...pageFields, created }, ({ store }, params, id) =>
      refundsOf(store, id, params),
    ),
    route("POST", "/v1/refunds/:id/cancel", {}, (context, _params, id) => {
      // Only refunds to payment methods that need the buyer to act can be canceled, and this server has none of them.
      const { status } = requireRefund(context, id);
      throw invalidRequest(
        `Refund ${id} has a status of \`${status ?? ""}\`: only refunds with a status of \`requires_action\` can be canceled.`,
      );
    }),
  ],
};

function requireCharge(context: Context, params: Decoded<typeof createRefundFields>): Stripe.Charge {
  const { charge: chargeId, payment_intent: intentId } = params;
  if (intentId !== undefined) {
    const charge = requireSucceededCharge(context, intentId, "payment_intent");
    if (chargeId === undefined || chargeId === charge.id) return charge;
    throw invalidRequest(`Charge ${chargeId} does not belong to PaymentIntent ${intentId}.`, {
      param: "charge",
    });
  }
  if (chargeId === undefined) {
    throw invalidRequest(
      "One of the following params should be provided for this request: payment_intent or charge.",
      {
        code: "parameter_missing",
      },
    );
  }
  const charge = context.store.charges.read(chargeId);
  if (charge === undefined) throw missingObject("charge", chargeId, "charge");
  return charge;
}

function updateRefund(
  context: Context,
  params: { metadata?: Readonly<Record<string, string>> | null },
  id: string,
): Stripe.Refund {
  const before = requireRefund(context, id);
  const changed = {
    ...before,
    metadata: mergeMetadata(before.metadata ?? {}, params.metadata === undefined ? {} : params.metadata),
  };
  if (JSON.stringify(changed) === JSON.stringify(before)) return before;
  return replaceRefund(context, before, changed);
}
