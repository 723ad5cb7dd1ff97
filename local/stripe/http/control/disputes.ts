import type { Stripe } from "stripe";
import { requireDispute } from "../../objects/disputes/disputes.ts";
import { fraudTypes } from "../../objects/disputes/fraudWarnings.ts";
import { requireSucceededCharge } from "../../objects/payments/charges.ts";
import { canClose, closeDispute, disputeOutcomes } from "../../operations/disputes/close.ts";
import { warnOfFraud } from "../../operations/disputes/fraudWarnings.ts";
import {
  disputeReasons,
  escalateInquiry,
  openDispute,
  preventDispute,
} from "../../operations/disputes/open.ts";
import type { ControlCall } from "./call.ts";
import { ControlError, ControlInput, requireEmpty } from "./input.ts";

/**
 * Disputes a payment as buyers do at their bank; without an amount, all that was not refunded. A bank that counts in another
 * currency says which, and what that takes in the charge's. `prevented`: it never becomes a chargeback, see `preventDispute`.
 */
export function dispute({ account, id, body }: ControlCall): Stripe.Dispute {
  const input = new ControlInput(body, ["amount", "reason", "inquiry", "currency", "withdrawn", "prevented"]);
  const context = account.context(null);
  const charge = requireSucceededCharge(context, id);
  const index = { name: "charge", values: [charge.id] } as const;
  const open = account.store.disputes.page({ limit: 1, index, where: (other) => !isClosed(other) }).data[0];
  if (open !== undefined) {
    throw new ControlError(409, `Cannot dispute payment intent "${id}": "${open.id}" is ${open.status}`);
  }
  const inquiry = input.readBoolean("inquiry") ?? false;
  const prevented = input.readBoolean("prevented") ?? false;
  const wish = {
    ...readMoney(input, charge),
    reason: input.readOneOf("reason", disputeReasons) ?? "fraudulent",
    inquiry,
  };
  if (inquiry && (prevented || wish.currency !== charge.currency)) {
    throw new ControlError(
      400,
      "An inquiry moves no money: it has the charge's currency and is not prevented",
    );
  }
  return prevented ? preventDispute(context, charge, wish) : openDispute(context, charge, wish);
}

/** What is disputed, and what is withdrawn for it in the charge's currency. */
function readMoney(input: ControlInput, charge: Stripe.Charge) {
  const currency = input.readString("currency") ?? charge.currency;
  const left = charge.amount - charge.amount_refunded;
  const amount = input.readAmount("amount") ?? (left === 0 ? charge.amount : left);
  const isForeign = currency !== charge.currency;
  const withdrawn = input.readNumber("withdrawn") ?? (isForeign ? left : amount);
  if (!isForeign && amount > charge.amount) {
    throw new ControlError(400, `Invalid "amount": the payment has only ${charge.amount}`);
  }
  if (!Number.isInteger(withdrawn) || withdrawn < 0) {
    throw new ControlError(400, 'Invalid "withdrawn": expected a whole number that is not negative');
  }
  return { amount, currency, withdrawn };
}

/** Ends a dispute. */
export function close({ account, id, body }: ControlCall): Stripe.Dispute {
  const outcome = new ControlInput(body, ["outcome"]).requireOneOf("outcome", disputeOutcomes);
  const before = requireDispute(account, id);
  if (canClose(before, outcome)) return closeDispute(account.context(null), before, outcome);
  throw new ControlError(409, `Cannot close dispute "${id}" as ${outcome}: it is ${before.status}`);
}

/** Turns an inquiry into a chargeback. */
export function escalate({ account, id, body }: ControlCall): Stripe.Dispute {
  requireEmpty(body);
  const before = requireDispute(account, id);
  if (canClose(before, "warning_closed")) return escalateInquiry(account.context(null), before);
  throw new ControlError(409, `Cannot escalate dispute "${id}": it is ${before.status}`);
}

/** Lets the card's bank warn of fraud. */
export function warn({ account, id, body }: ControlCall): Stripe.Radar.EarlyFraudWarning {
  const input = new ControlInput(body, ["fraudType"]);
  const context = account.context(null);
  const charge = requireSucceededCharge(context, id);
  if (charge.payment_method_details?.type !== "card") {
    throw new ControlError(409, `Cannot warn of payment intent "${id}": it was not paid by card`);
  }
  const fraudType = input.readOneOf("fraudType", fraudTypes) ?? "unauthorized_use_of_card";
  return warnOfFraud(context, charge, fraudType);
}

function isClosed({ status }: Stripe.Dispute): boolean {
  return ["won", "lost", "warning_closed", "prevented"].includes(status);
}
