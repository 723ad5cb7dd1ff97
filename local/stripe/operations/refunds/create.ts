import type { Stripe } from "stripe";
import { cardOfCharge } from "../../objects/payments/cards.ts";
import { newRefund, withReference } from "../../objects/refunds/refunds.ts";
import { DAY } from "../../platform/clock.ts";
import { formatAmount } from "../../platform/currencies.ts";
import { invalidRequest } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";
import { refreshWarnings } from "../disputes/fraudWarnings.ts";

/** How long a bank takes to return a debit, in seconds. */
const BANK_DELAY = 5 * DAY;

/** How long the failing refund of a test card seems to have succeeded, in seconds. */
const FAILURE_DELAY = 60 * 60;

/** The refund to make; without an amount, all that is left is refunded. */
export interface RefundRequest {
  amount?: number | undefined;
  reason?: string | undefined;
  metadata?: Record<string, string>;
}

/**
 * Refunds a charge or a part of it: `refund.created`, `charge.refunded`, and for a card `refund.updated` and
 * `charge.refund.updated` once the bank has a reference for it.
 *
 * @throws ApiError if the charge has not succeeded, is disputed, or has less left.
 */
export function createRefund(
  context: Context,
  charge: Stripe.Charge,
  { amount: asked, reason, metadata = {} }: RefundRequest,
): Stripe.Refund {
  const { store, events, due, clock } = context;
  const amount = requireAmount(context, charge, asked);
  const now = clock.now();
  const ends = endingOf(charge);
  const refund = store.refunds.insert(
    newRefund(charge, { amount, reason: reason ?? null, metadata, pending: ends === "later", now }),
  );
  const amountRefunded = charge.amount_refunded + amount;
  const refunded = store.charges.replace({
    ...charge,
    amount_refunded: amountRefunded,
    ...(reason === "fraudulent" && { fraud_details: { ...charge.fraud_details, user_report: reason } }),
    refunded: amountRefunded === charge.amount,
  });
  events.emit("refund.created", refund, context);
  events.emit("charge.refunded", refunded, { origin: context.origin, previous: charge });
  if (ends === "later") due.add({ kind: "settle_refund", id: refund.id }, now + BANK_DELAY);
  else replaceRefund(context, refund, withReference(refund));
  if (ends === "failing") due.add({ kind: "fail_refund", id: refund.id }, now + FAILURE_DELAY);
  refreshWarnings(context, charge.id);
  return refund;
}

/** Bank debits are refunded later, cards at once, except for two test cards. */
function endingOf(charge: Stripe.Charge): "now" | "later" | "failing" {
  if (charge.payment_method_details?.type !== "card") return "later";
  const aftermath = cardOfCharge(charge)?.aftermath;
  return aftermath?.kind === "refund" ? aftermath.ends : "now";
}

/** Stores a changed refund: `refund.updated` and `charge.refund.updated`. */
export function replaceRefund(
  context: Context,
  before: Stripe.Refund,
  changed: Stripe.Refund,
): Stripe.Refund {
  const { store, events, origin } = context;
  const refund = store.refunds.replace(changed);
  events.emit("refund.updated", refund, { origin, previous: before });
  if (refund.status === "failed") events.emit("refund.failed", refund, context);
  events.emit("charge.refund.updated", refund, { origin, previous: before });
  return refund;
}

function requireAmount(context: Context, charge: Stripe.Charge, asked: number | undefined): number {
  if (charge.status !== "succeeded") {
    throw invalidRequest(`Charge ${charge.id} has not succeeded; cannot issue a refund.`, {
      code: "charge_not_refundable",
    });
  }
  if (charge.refunded) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, {
      code: "charge_already_refunded",
    });
  }
  if (isChargedBack(context, charge)) {
    throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: "charge_disputed",
    });
  }
  const left = charge.amount - charge.amount_refunded;
  const amount = asked ?? left;
  if (amount > left) {
    const text = (minor: number) => formatAmount(minor, charge.currency);
    throw invalidRequest(
      left === charge.amount
        ? `Refund amount (${text(amount)}) is greater than charge amount (${text(left)})`
        : `Refund amount (${text(amount)}) is greater than unrefunded amount on charge (${text(left)})`,
      { param: "amount" },
    );
  }
  return amount;
}

function isChargedBack({ store }: Context, { id, disputed }: Stripe.Charge): boolean {
  if (!disputed) return false;
  const index = { name: "charge", values: [id] } as const;
  return (
    store.disputes.page({ limit: 1, index, where: (dispute) => !dispute.is_charge_refundable }).data.length >
    0
  );
}
