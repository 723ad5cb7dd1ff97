import type { Stripe } from "stripe";
import { creditNotesOf } from "../../objects/creditNotes/creditNotes.ts";
import { idOf } from "../../objects/store/store.ts";
import { formatAmount } from "../../platform/currencies.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { integer, list, object, oneOf, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";

const amountParam = integer({ min: 0 });

const refundFields = {
  refund: string(),
  amount_refunded: integer({ min: 1 }),
  type: oneOf("refund"),
};

export const splitParams = {
  credit_amount: amountParam,
  out_of_band_amount: amountParam,
  refund_amount: amountParam,
  refunds: list(object(refundFields)),
};

export interface LinkedRefund {
  refundId: string;
  amount: number;
}

/** How a credit note's amount is divided. */
export interface Split {
  prePayment: number;
  postPayment: number;
  linked: readonly LinkedRefund[];
  /** The charge that paid the invoice, if there is one. */
  charge: Stripe.Charge | undefined;
}

/**
 * What a note takes off the invoice's remaining amount comes first; what goes beyond that gives back what was paid, by
 * refunds, to the balance or out of band, and these must add up to it. Refunds without a note count against what can be
 * credited. Source: https://docs.stripe.com/api/credit_notes/create
 *
 * @throws ApiError if more is credited than is left, or if the parts do not add up.
 */
export function splitAmount(
  context: Context,
  invoice: Stripe.Invoice,
  { amount, params }: { amount: number; params: Decoded<typeof splitParams> },
): Split {
  const charge = chargeOf(context, invoice);
  const linked = (params.refunds ?? []).map((each, place) =>
    requireRefund(context, { charge, params: each, param: `refunds[${place}]` }),
  );
  const text = (minor: number) => formatAmount(minor, invoice.currency);
  const left = amountLeft(context, invoice, { charge, linked });
  if (amount > left) {
    throw invalidRequest(
      `The credit note's amount (${text(amount)}) is greater than what can be credited (${text(left)}).`,
      { param: "amount" },
    );
  }
  const prePayment = invoice.status === "open" ? Math.min(amount, invoice.amount_remaining) : 0;
  const postPayment = amount - prePayment;
  const { credit_amount: credit = 0, refund_amount: refund = 0, out_of_band_amount: outOfBand = 0 } = params;
  const given = credit + refund + outOfBand + sumOf(linked);
  if (given !== postPayment) {
    throw invalidRequest(
      `The sum of refunds, \`credit_amount\` and \`out_of_band_amount\` (${text(given)}) must equal the post payment amount (${text(postPayment)}).`,
    );
  }
  if (refund > 0 && charge === undefined) {
    throw invalidRequest("This invoice has no charge to refund.", { param: "refund_amount" });
  }
  return { prePayment, postPayment, linked, charge };
}

function amountLeft(
  { store }: Context,
  invoice: Stripe.Invoice,
  { charge, linked }: Pick<Split, "charge" | "linked">,
): number {
  const inNotes = creditNotesOf(store, invoice.id)
    .flatMap(({ refunds }) => refunds)
    .reduce((sum, { amount_refunded: refunded }) => sum + refunded, 0);
  const outside = Math.max(0, (charge?.amount_refunded ?? 0) - inNotes - sumOf(linked));
  const { total, pre_payment_credit_notes_amount: before, post_payment_credit_notes_amount: after } = invoice;
  return Math.max(0, total - before - after - outside);
}

function requireRefund(
  { store }: Context,
  {
    charge,
    params,
    param,
  }: { charge: Stripe.Charge | undefined; params: Decoded<typeof refundFields>; param: string },
): LinkedRefund {
  const { refund: refundId, amount_refunded: asked } = params;
  if (refundId === undefined) throw missingParameter(`${param}[refund]`);
  const refund = store.refunds.read(refundId);
  if (refund === undefined) throw missingObject("refund", refundId, `${param}[refund]`);
  const linked = store.creditNotes
    .page({ limit: Infinity })
    .data.flatMap(({ refunds }) => refunds)
    .filter((each) => idOf(each.refund) === refundId)
    .reduce((sum, each) => sum + each.amount_refunded, 0);
  const amount = asked ?? refund.amount - linked;
  const isGone = refund.status === "failed" || refund.status === "canceled";
  if (charge !== undefined && idOf(refund.charge) === charge.id && !isGone && amount > 0) {
    if (amount <= refund.amount - linked) return { refundId, amount };
  }
  throw invalidRequest(`Refund ${refundId} cannot be linked to a credit note of this invoice.`, { param });
}

/** The charge that paid an invoice. */
function chargeOf({ store }: Context, invoice: Stripe.Invoice): Stripe.Charge | undefined {
  const index = { name: "invoice", values: [invoice.id] } as const;
  const [payment] = store.invoicePayments.page({
    limit: 1,
    index,
    where: ({ status }) => status === "paid",
  }).data;
  const intent = store.paymentIntents.read(idOf(payment?.payment.payment_intent) ?? "");
  return store.charges.read(idOf(intent?.latest_charge) ?? "");
}

function sumOf(refunds: readonly LinkedRefund[]): number {
  return refunds.reduce((sum, { amount }) => sum + amount, 0);
}
