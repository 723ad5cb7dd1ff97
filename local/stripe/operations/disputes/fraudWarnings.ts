import type { Stripe } from "stripe";
import { isActionable, newFraudWarning, type fraudTypes } from "../../objects/disputes/fraudWarnings.ts";
import type { Context } from "../context/context.ts";

/** Warns of a charge that the card's bank considers fraud: `radar.early_fraud_warning.created`. */
export function warnOfFraud(
  context: Context,
  charge: Stripe.Charge,
  fraudType: (typeof fraudTypes)[number],
): Stripe.Radar.EarlyFraudWarning {
  const { store, events, clock } = context;
  const warning = store.fraudWarnings.insert(newFraudWarning(charge, { fraudType, now: clock.now() }));
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
