import type { Stripe } from "stripe";
import { canClose, closeDispute, OUTCOMES } from "../disputes/close.ts";
import { FRAUD_TYPES, warnOfFraud } from "../disputes/fraudWarnings.ts";
import { DISPUTE_REASONS, escalateInquiry, openDispute } from "../disputes/open.ts";
import { requireDispute } from "../resources/disputes.ts";
import { requireSucceededCharge } from "../resources/payments.ts";
import type { ControlCall } from "./handle.ts";
import { ControlError, ControlInput, requireEmpty } from "./input.ts";

/** Disputes a payment as its buyer does at his bank; without an amount, all that was not refunded. */
export function dispute({ app, id, body }: ControlCall): Stripe.Dispute {
  const input = new ControlInput(body, ["amount", "reason", "inquiry"]);
  const context = app.context(null);
  const charge = requireSucceededCharge(context, id);
  const index = { name: "charge", values: [charge.id] } as const;
  const open = app.store.disputes.page({ limit: 1, index, where: (other) => !isClosed(other) }).data[0];
  if (open !== undefined) {
    throw new ControlError(409, `Cannot dispute payment intent "${id}": "${open.id}" is ${open.status}`);
  }
  const left = charge.amount - charge.amount_refunded;
  const amount = input.readAmount("amount") ?? (left === 0 ? charge.amount : left);
  if (amount > charge.amount) {
    throw new ControlError(400, `Invalid "amount": the payment has only ${charge.amount}`);
  }
  return openDispute(context, charge, {
    amount,
    reason: input.readOneOf("reason", DISPUTE_REASONS) ?? "fraudulent",
    inquiry: input.readBoolean("inquiry") ?? false,
  });
}

/** Ends a dispute. */
export function close({ app, id, body }: ControlCall): Stripe.Dispute {
  const outcome = new ControlInput(body, ["outcome"]).requireOneOf("outcome", OUTCOMES);
  const before = requireDispute(app, id);
  if (canClose(before, outcome)) return closeDispute(app.context(null), before, outcome);
  throw new ControlError(409, `Cannot close dispute "${id}" as ${outcome}: it is ${before.status}`);
}

/** Makes a chargeback of an inquiry. */
export function escalate({ app, id, body }: ControlCall): Stripe.Dispute {
  requireEmpty(body);
  const before = requireDispute(app, id);
  if (canClose(before, "warning_closed")) return escalateInquiry(app.context(null), before);
  throw new ControlError(409, `Cannot escalate dispute "${id}": it is ${before.status}`);
}

/** Lets the card's bank warn of fraud. */
export function warn({ app, id, body }: ControlCall): Stripe.Radar.EarlyFraudWarning {
  const input = new ControlInput(body, ["fraudType"]);
  const context = app.context(null);
  const charge = requireSucceededCharge(context, id);
  if (charge.payment_method_details?.type !== "card") {
    throw new ControlError(409, `Cannot warn of payment intent "${id}": it was not paid by card`);
  }
  const fraudType = input.readOneOf("fraudType", FRAUD_TYPES) ?? "unauthorized_use_of_card";
  return warnOfFraud(context, charge, fraudType);
}

function isClosed({ status }: Stripe.Dispute): boolean {
  return ["won", "lost", "warning_closed"].includes(status);
}
