import type { Stripe } from "stripe";
import { idOf } from "../../objects/store/store.ts";
import type { Context } from "../context/context.ts";
import { replaceRefund } from "./create.ts";

/** Why a refund can fail, see https://docs.stripe.com/refunds#failed-refunds. */
export const failureReasons = [
  "charge_for_pending_refund_disputed",
  "declined",
  "expired_or_canceled_card",
  "insufficient_funds",
  "lost_or_stolen_card",
  "merchant_request",
  "unknown",
] as const;

/** Ends a refund that was pending: it succeeded. */
export function settleRefund(context: Context, refund: Stripe.Refund): Stripe.Refund {
  const { pending_reason: _over, ...settled } = refund;
  return replaceRefund(context, refund, { ...settled, status: "succeeded" });
}

/** Fails a refund, even one that had succeeded: the bank returned the money, so it belongs to the charge again. */
export function failRefund(
  context: Context,
  refund: Stripe.Refund,
  reason: (typeof failureReasons)[number],
): Stripe.Refund {
  const { store } = context;
  const charge = store.charges.read(idOf(refund.charge) ?? "");
  if (charge === undefined) throw new Error(`Cannot fail refund "${refund.id}": its charge is missing`);
  store.charges.replace({
    ...charge,
    amount_refunded: charge.amount_refunded - refund.amount,
    refunded: false,
  });
  const { pending_reason: _over, ...failed } = refund;
  return replaceRefund(context, refund, { ...failed, failure_reason: reason, status: "failed" });
}
