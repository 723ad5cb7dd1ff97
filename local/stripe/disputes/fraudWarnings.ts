import type { Stripe } from "stripe";
import { newId } from "../api/ids.ts";
import type { Context } from "../context.ts";
import { idOf } from "../store/store.ts";

export const FRAUD_TYPES = [
  "card_never_received",
  "fraudulent_card_application",
  "made_with_counterfeit_card",
  "made_with_lost_card",
  "made_with_stolen_card",
  "misc",
  "unauthorized_use_of_card",
] as const;

/** Warns of a charge its card's bank takes for fraud: `radar.early_fraud_warning.created`. */
export function warnOfFraud(
  context: Context,
  charge: Stripe.Charge,
  fraudType: (typeof FRAUD_TYPES)[number],
): Stripe.Radar.EarlyFraudWarning {
  const { store, events, clock } = context;
  const intentId = idOf(charge.payment_intent);
  const warning = store.fraudWarnings.insert({
    id: newId("issfr"),
    object: "radar.early_fraud_warning",
    actionable: isActionable(charge),
    charge: charge.id,
    created: clock.now(),
    fraud_type: fraudType,
    livemode: false,
    ...(intentId !== null && { payment_intent: intentId }),
  });
  events.emit("radar.early_fraud_warning.created", warning, context);
  return warning;
}

/** Ends the warnings about a charge once it is disputed or refunded in full: `radar.early_fraud_warning.updated`. */
export function refreshWarnings(context: Context, chargeId: string): void {
  const { store, events, origin } = context;
  const charge = store.charges.read(chargeId);
  if (charge === undefined || isActionable(charge)) return;
  const index = { name: "charge", values: [chargeId] } as const;
  const { data } = store.fraudWarnings.page({
    limit: Infinity,
    index,
    where: ({ actionable }) => actionable,
  });
  for (const before of data) {
    const warning = store.fraudWarnings.replace({ ...before, actionable: false });
    events.emit("radar.early_fraud_warning.updated", warning, { origin, previous: before });
  }
}

function isActionable({ disputed, refunded }: Stripe.Charge): boolean {
  return !disputed && !refunded;
}
