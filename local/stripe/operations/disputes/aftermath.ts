import type { Stripe } from "stripe";
import { cardOfCharge } from "../../objects/payments/cards.ts";
import type { Context } from "../context/context.ts";
import { warnOfFraud } from "./fraudWarnings.ts";
import { openDispute } from "./open.ts";

/** Does what the bank of some test cards does as soon as they have paid, see https://docs.stripe.com/testing#disputes. */
export function followAftermath(context: Context, charge: Stripe.Charge): void {
  const aftermath = cardOfCharge(charge)?.aftermath;
  if (aftermath?.kind === "fraud_warning") warnOfFraud(context, charge, "unauthorized_use_of_card");
  if (aftermath?.kind !== "dispute") return;
  const { reason, inquiry } = aftermath;
  const { amount, currency } = charge;
  openDispute(context, charge, { amount, currency, withdrawn: amount, reason, inquiry });
}
