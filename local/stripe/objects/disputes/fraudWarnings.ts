import type { Stripe } from "stripe";
import { newId } from "../../platform/ids.ts";
import { reference, type Expansions } from "../store/expansions.ts";
import { idOf } from "../store/store.ts";

export const fraudWarningExpansions: Expansions = {
  "radar.early_fraud_warning": {
    charge: reference("charges"),
    payment_intent: reference("paymentIntents"),
  },
};

export const fraudTypes = [
  "card_never_received",
  "fraudulent_card_application",
  "made_with_counterfeit_card",
  "made_with_lost_card",
  "made_with_stolen_card",
  "misc",
  "unauthorized_use_of_card",
] as const;

/** Whether refunding the charge would still keep it from being disputed. */
export function isActionable({ disputed, refunded }: Stripe.Charge): boolean {
  return !disputed && !refunded;
}

/** A new early fraud warning as Stripe shows it. */
export function newFraudWarning(
  charge: Stripe.Charge,
  { fraudType, now }: { fraudType: (typeof fraudTypes)[number]; now: number },
): Stripe.Radar.EarlyFraudWarning {
  const intentId = idOf(charge.payment_intent);
  return {
    id: newId("issfr"),
    object: "radar.early_fraud_warning",
    actionable: isActionable(charge),
    charge: charge.id,
    created: now,
    fraud_type: fraudType,
    livemode: false,
    ...(intentId !== null && { payment_intent: intentId }),
  };
}
