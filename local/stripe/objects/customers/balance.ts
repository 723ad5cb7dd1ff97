import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { reference, unset, type Expansions } from "../store/expansions.ts";
import { idOf, type Store } from "../store/store.ts";
import { customerReference } from "./customers.ts";

export const balanceExpansions: Expansions = {
  customer_balance_transaction: {
    checkout_session: unset,
    credit_note: reference("creditNotes"),
    customer: customerReference,
    invoice: reference("invoices"),
  },
};

/** Why a balance changes here, see https://docs.stripe.com/billing/customer/balance#types. */
export type BalanceChangeType =
  "adjustment" | "applied_to_invoice" | "credit_note" | "invoice_too_small" | "unapplied_from_invoice";

/** A change of a customer's balance; a negative amount is a credit that the next invoice will use. */
export interface BalanceChange {
  amount: number;
  type: BalanceChangeType;
  currency: string;
  invoice?: string;
  creditNote?: string;
  description?: string | null;
  metadata?: Record<string, string>;
}

/** The record of a change, as Stripe shows it. `customer` is as it was before. */
export function newBalanceTransaction(
  customer: Stripe.Customer,
  change: BalanceChange,
  now: number,
): Stripe.CustomerBalanceTransaction {
  return {
    id: newId("cbtxn"),
    object: "customer_balance_transaction",
    amount: change.amount,
    checkout_session: null,
    created: now,
    credit_note: change.creditNote ?? null,
    currency: change.currency,
    customer: customer.id,
    customer_account: null,
    description: change.description ?? null,
    ending_balance: customer.balance + change.amount,
    invoice: change.invoice ?? null,
    livemode: false,
    metadata: change.metadata ?? {},
    type: change.type,
  };
}

/** The transaction of that customer, or Stripe's 404. */
export function requireBalanceTransaction(
  { store }: { store: Store },
  { id, customerId }: { id: string; customerId: string },
): Stripe.CustomerBalanceTransaction {
  const transaction = store.balanceTransactions.read(id);
  if (transaction === undefined || idOf(transaction.customer) !== customerId) {
    throw missingObject("customer balance transaction", id);
  }
  return transaction;
}
