import type { Stripe } from "stripe";
import { disputeExpansions, requireDispute, textEvidence } from "../../objects/disputes/disputes.ts";
import { fraudWarningExpansions } from "../../objects/disputes/fraudWarnings.ts";
import { listPage } from "../../objects/store/pages.ts";
import { idOf } from "../../objects/store/store.ts";
import type { Context } from "../../operations/context/context.ts";
import { canClose, closeDispute } from "../../operations/disputes/close.ts";
import { updateDispute } from "../../operations/disputes/evidence.ts";
import { invalidRequest, missingObject } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { boolean, emptyable, object, string, type Decoded, type Param } from "../../platform/params.ts";
import { chargeIndex, created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

const evidenceFields: Readonly<Record<string, Param<string | null>>> = Object.fromEntries(
  textEvidence.map((name) => [name, emptyable(string(20_000))]),
);

const updateDisputeFields = { evidence: object(evidenceFields), submit: boolean, metadata };
const listFields = { ...pageFields, created, charge: string(), payment_intent: string() };

/** Disputes and early fraud warnings: opened by buyers and banks, here by the control API. */
export const disputes: Resource = {
  expansions: [disputeExpansions, fraudWarningExpansions],
  routes: [
    route("GET", "/v1/disputes/:id", {}, (context, _params, id) => requireDispute(context, id)),
    route("POST", "/v1/disputes/:id", updateDisputeFields, update),
    route("GET", "/v1/disputes", listFields, ({ store }, params) => {
      const { charge, payment_intent: intent } = params;
      return listPage(store.disputes, params, {
        url: "/v1/disputes",
        noun: "dispute",
        index: chargeIndex({ charge, intent }),
        where: (dispute) => intent === undefined || idOf(dispute.payment_intent) === intent,
      });
    }),
    route("POST", "/v1/disputes/:id/close", {}, (context, _params, id) => {
      const dispute = requireDispute(context, id);
      // Stripe's own example closes an inquiry, which is lost without any money. Source: https://docs.stripe.com/api/disputes/close
      const isOpen = canClose(dispute, "lost") || canClose(dispute, "warning_closed");
      if (isOpen) return closeDispute(context, dispute, "lost");
      throw invalidRequest(`This dispute cannot be closed: it has a status of \`${dispute.status}\`.`);
    }),
    route("GET", "/v1/radar/early_fraud_warnings/:id", {}, ({ store }, _params, id) => {
      const warning = store.fraudWarnings.read(id);
      if (warning === undefined) throw missingObject("early fraud warning", id);
      return warning;
    }),
    route("GET", "/v1/radar/early_fraud_warnings", listFields, ({ store }, params) => {
      const { charge, payment_intent: intent } = params;
      return listPage(store.fraudWarnings, params, {
        url: "/v1/radar/early_fraud_warnings",
        noun: "early fraud warning",
        index: chargeIndex({ charge, intent }),
        where: (warning) => intent === undefined || idOf(warning.payment_intent) === intent,
      });
    }),
  ],
};

function update(context: Context, params: Decoded<typeof updateDisputeFields>, id: string): Stripe.Dispute {
  const before = requireDispute(context, id);
  return updateDispute(context, before, {
    evidence: Object.fromEntries(
      Object.entries(params.evidence ?? {}).map(([name, text]) => [name, text ?? null]),
    ),
    submit: params.submit ?? true,
    metadata: mergeMetadata(before.metadata, params.metadata === undefined ? {} : params.metadata),
  });
}
