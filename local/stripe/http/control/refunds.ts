import type { Stripe } from "stripe";
import { requireSucceededCharge } from "../../objects/payments/charges.ts";
import { requireRefund } from "../../objects/refunds/refunds.ts";
import { createRefund } from "../../operations/refunds/create.ts";
import { failRefund, failureReasons, settleRefund } from "../../operations/refunds/settle.ts";
import type { ControlCall } from "./call.ts";
import { ControlError, ControlInput, requireEmpty } from "./input.ts";

const reasons = ["duplicate", "fraudulent", "requested_by_customer"] as const;

/** Refunds a payment as Stripe's dashboard does; without an amount, all that is left. */
export function refund({ account, id, body }: ControlCall): Stripe.Refund {
  const input = new ControlInput(body, ["amount", "reason"]);
  const context = account.context(null);
  return createRefund(context, requireSucceededCharge(context, id), {
    amount: input.readAmount("amount"),
    reason: input.readOneOf("reason", reasons),
  });
}

/** Makes a pending or succeeded refund fail: the bank returns the money. */
export function fail({ account, id, body }: ControlCall): Stripe.Refund {
  const reason = new ControlInput(body, ["reason"]).readOneOf("reason", failureReasons) ?? "declined";
  const before = requireRefund(account, id);
  if (before.status !== "pending" && before.status !== "succeeded") {
    throw new ControlError(409, `Cannot fail refund "${id}": it is ${before.status ?? "unknown"}`);
  }
  return failRefund(account.context(null), before, reason);
}

/** Makes a pending refund succeed at once. */
export function succeed({ account, id, body }: ControlCall): Stripe.Refund {
  requireEmpty(body);
  const before = requireRefund(account, id);
  if (before.status !== "pending") {
    throw new ControlError(409, `Cannot settle refund "${id}": it is ${before.status ?? "unknown"}`);
  }
  return settleRefund(account.context(null), before);
}
