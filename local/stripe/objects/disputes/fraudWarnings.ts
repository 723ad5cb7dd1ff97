import type { Stripe } from "stripe";
import { reference, type Expansions } from "../store/expansions.ts";

export const fraudWarningExpansions: Expansions = {
  "radar.early_fraud_warning": {
    charge: reference("charges"),
    payment_intent: reference("paymentIntents"),
  },
};

export const FRAUD_TYPES = [
  "card_never_received",
  "fraudulent_card_application",
  "made_with_counterfeit_card",
  "made_with_lost_card",
  "made_with_stolen_card",
  "misc",
  "unauthorized_use_of_card",
] as const;

export function isActionable({ disputed, refunded }: Stripe.Charge): boolean {
  return !disputed && !refunded;
}
