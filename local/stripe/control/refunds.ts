import type { Stripe } from "stripe";
import { createRefund } from "../refunds/create.ts";
import { FAILURE_REASONS, failRefund, settleRefund } from "../refunds/settle.ts";
import { requireSucceededCharge } from "../resources/payments.ts";
import { requireRefund } from "../resources/refunds.ts";
import type { ControlCall } from "./handle.ts";
import { ControlError, ControlInput, requireEmpty } from "./input.ts";

const REASONS = ["duplicate", "fraudulent", "requested_by_customer"] as const;

/** Refunds a payment as one does in Stripe's dashboard; without an amount, all that is left. */
export function refund({ app, id, body }: ControlCall): Stripe.Refund {
  const input = new ControlInput(body, ["amount", "reason"]);
  const context = app.context(null);
  return createRefund(context, requireSucceededCharge(context, id), {
    amount: input.readAmount("amount"),
    reason: input.readOneOf("reason", REASONS),
  });
}

/** Lets a refund fail, pending or succeeded: the bank returns the money. */
export function fail({ app, id, body }: ControlCall): Stripe.Refund {
  const reason = new ControlInput(body, ["reason"]).readOneOf("reason", FAILURE_REASONS) ?? "declined";
  const before = requireRefund(app, id);
  if (before.status !== "pending" && before.status !== "succeeded") {
    throw new ControlError(409, `Cannot fail refund "${id}": it is ${before.status ?? "unknown"}`);
  }
  return failRefund(app.context(null), before, reason);
}

/** Lets a pending refund succeed at once. */
export function succeed({ app, id, body }: ControlCall): Stripe.Refund {
  requireEmpty(body);
  const before = requireRefund(app, id);
  if (before.status !== "pending") {
    throw new ControlError(409, `Cannot settle refund "${id}": it is ${before.status ?? "unknown"}`);
  }
  return settleRefund(app.context(null), before);
}
