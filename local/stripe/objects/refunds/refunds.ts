import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { newId, randomText } from "../../platform/ids.ts";
import { customerReference } from "../customers/customers.ts";
import { reference, unset, type Expansions } from "../store/expansions.ts";
import { listPage, type PageParams } from "../store/pages.ts";
import type { CreatedRange } from "../store/rows.ts";
import type { Store } from "../store/store.ts";

export const refundExpansions: Expansions = {
  refund: {
    charge: reference("charges"),
    customer: customerReference,
    payment_intent: reference("paymentIntents"),
    payment_method: reference("paymentMethods"),
    balance_transaction: unset,
    failure_balance_transaction: unset,
    source_transfer_reversal: unset,
    transfer_reversal: unset,
  },
  charge: { refunds: (store, { id }) => refundsOf(store, String(id)) },
};

/** How the money of a bank debit goes back. */
const bankTransfers: Readonly<Record<string, Stripe.Refund["destination_details"]>> = {
  us_bank_account: {
    type: "us_bank_transfer",
    us_bank_transfer: { reference: null, reference_status: null },
  },
  sepa_debit: { type: "eu_bank_transfer", eu_bank_transfer: { reference: null, reference_status: null } },
  bacs_debit: { type: "gb_bank_transfer", gb_bank_transfer: { reference: null, reference_status: null } },
};

/** A new refund, which has succeeded or waits for the bank. */
export function newRefund(
  charge: Stripe.Charge,
  fields: {
    amount: number;
    reason: string | null;
    metadata: Record<string, string>;
    pending: boolean;
    now: number;
  },
): Stripe.Refund {
  const type = charge.payment_method_details?.type ?? "card";
  const byCard = type === "card";
  const details = byCard ? cardDetails("pending") : bankTransfers[type];
  return {
    id: newId(byCard ? "re" : "pyr"),
    object: "refund",
    amount: fields.amount,
    balance_transaction: null,
    charge: charge.id,
    created: fields.now,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    ...(details !== undefined && { destination_details: details }),
    metadata: fields.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...(fields.pending && { pending_reason: "processing" }),
    reason: fields.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: fields.pending ? "pending" : "succeeded",
    transfer_reversal: null,
  };
}

/** A card's refund once the bank has a reference for it. */
export function withReference(refund: Stripe.Refund): Stripe.Refund {
  return { ...refund, destination_details: cardDetails("available") };
}

function cardDetails(status: "pending" | "available"): NonNullable<Stripe.Refund["destination_details"]> {
  return {
    card: {
      ...(status === "available" && { reference: randomText(11).toUpperCase() }),
      reference_status: status,
      reference_type: "acquirer_reference_number",
      type: "refund",
    },
    type: "card",
  };
}

/** A page of a charge's refunds; its latest ones are what `refunds` shows when it is expanded. */
export function refundsOf(
  store: Store,
  chargeId: string,
  params: PageParams & { created?: CreatedRange } = {},
): Stripe.ApiList<Stripe.Refund> {
  return listPage(store.refunds, params, {
    url: `/v1/charges/${chargeId}/refunds`,
    noun: "refund",
    index: { name: "charge", values: [chargeId] },
  });
}

/** The refund, or Stripe's 404. */
export function requireRefund({ store }: { store: Store }, id: string): Stripe.Refund {
  const refund = store.refunds.read(id);
  if (refund === undefined) throw missingObject("refund", id);
  return refund;
}
