import type { Stripe } from "stripe";
import { invalidRequest, missingObject } from "../api/errors.ts";
import { created, listPage, PAGE_FIELDS } from "../api/list.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import { boolean, emptyable, object, string } from "../api/params.ts";
import type { Decoded, Param } from "../api/params.ts";
import { route } from "../api/route.ts";
import type { Context } from "../context.ts";
import { canClose, closeDispute } from "../disputes/close.ts";
import { TEXT_EVIDENCE } from "../disputes/disputeObject.ts";
import { updateDispute } from "../disputes/evidence.ts";
import { idOf } from "../store/store.ts";
import { chargeIndex } from "./refunds.ts";

const EVIDENCE: Readonly<Record<string, Param<string | null>>> = Object.fromEntries(
  TEXT_EVIDENCE.map((name) => [name, emptyable(string(20_000))]),
);

const UPDATE_FIELDS = { evidence: object(EVIDENCE), submit: boolean, metadata };
const LIST_FIELDS = { ...PAGE_FIELDS, created, charge: string(), payment_intent: string() };

/** Disputes and early fraud warnings: opened by buyers and banks, here by the control API. */
export const DISPUTE_ROUTES = [
  route("GET", "/v1/disputes/:id", {}, (context, _params, id) => requireDispute(context, id)),
  route("POST", "/v1/disputes/:id", UPDATE_FIELDS, update),
  route("GET", "/v1/disputes", LIST_FIELDS, ({ store }, params) => {
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
    if (canClose(dispute, "lost")) return closeDispute(context, dispute, "lost");
    throw invalidRequest(`This dispute cannot be closed: it has a status of \`${dispute.status}\`.`);
  }),
  route("GET", "/v1/radar/early_fraud_warnings/:id", {}, ({ store }, _params, id) => {
    const warning = store.fraudWarnings.read(id);
    if (warning === undefined) throw missingObject("early fraud warning", id);
    return warning;
  }),
  route("GET", "/v1/radar/early_fraud_warnings", LIST_FIELDS, ({ store }, params) => {
    const { charge, payment_intent: intent } = params;
    return listPage(store.fraudWarnings, params, {
      url: "/v1/radar/early_fraud_warnings",
      noun: "early fraud warning",
      index: chargeIndex({ charge, intent }),
      where: (warning) => intent === undefined || idOf(warning.payment_intent) === intent,
    });
  }),
];

/** The dispute, or Stripe's 404. */
export function requireDispute({ store }: Pick<Context, "store">, id: string): Stripe.Dispute {
  const dispute = store.disputes.read(id);
  if (dispute === undefined) throw missingObject("dispute", id);
  return dispute;
}

function update(context: Context, params: Decoded<typeof UPDATE_FIELDS>, id: string): Stripe.Dispute {
  const before = requireDispute(context, id);
  return updateDispute(context, before, {
    evidence: Object.fromEntries(
      Object.entries(params.evidence ?? {}).map(([name, text]) => [name, text ?? null]),
    ),
    submit: params.submit ?? true,
    metadata: mergeMetadata(before.metadata, params.metadata === undefined ? {} : params.metadata),
  });
}
