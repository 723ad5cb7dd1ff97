import type { Stripe } from "stripe";
import { newBalanceTransaction, type BalanceChange } from "../../objects/customers/balance.ts";
import { requireCustomer } from "../../objects/customers/customers.ts";
import { idOf } from "../../objects/store/store.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { currency } from "../../platform/currencies.ts";
import { integer, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";

export const balanceFields = { amount: integer(), currency, description: string(350), metadata };

/**
 * Credits or debits a customer, see https://docs.stripe.com/api/customer_balance_transactions/create. A customer without
 * a currency gets that of the transaction.
 */
export function adjustBalance(
  context: Context,
  params: Decoded<typeof balanceFields>,
  customerId: string,
): Stripe.CustomerBalanceTransaction {
  const { amount, currency: asked, description, metadata: given } = params;
  const customer = context.store.customers.read(customerId);
  if (customer === undefined) throw missingObject("customer", customerId);
  if (amount === undefined) throw missingParameter("amount");
  if (asked === undefined) throw missingParameter("currency");
  if (customer.currency != null && customer.currency !== asked) {
    throw invalidRequest(
      `The currency of this customer's balance is ${customer.currency}: it takes no ${asked}.`,
      { param: "currency" },
    );
  }
  return changeBalance(context, customer, {
    amount,
    type: "adjustment",
    currency: asked,
    description: description ?? null,
    metadata: mergeMetadata({}, given),
  });
}

/** Changes a customer's balance and records why: `customer.updated`. */
export function changeBalance(
  { store, events, clock, origin }: Context,
  customer: Stripe.Customer,
  change: BalanceChange,
): Stripe.CustomerBalanceTransaction {
  const transaction = store.balanceTransactions.insert(newBalanceTransaction(customer, change, clock.now()));
  const changed = store.customers.replace({
    ...customer,
    balance: transaction.ending_balance,
    currency: customer.currency ?? change.currency,
  });
  events.emit("customer.updated", changed, { origin, previous: customer });
  return transaction;
}

/**
 * Books what an invoice of which `due` is collected does to the balance: what the balance pays or takes, and an amount
 * that is too small to charge. Returns the balance after that.
 */
export function bookBalance(context: Context, invoice: Stripe.Invoice, due: number): number {
  const { id, total, currency: inCurrency, customer } = invoice;
  const { balance } = requireCustomer(context, customer);
  const carried = due === 0 ? Math.max(0, total + balance) : 0;
  const changes = [
    { amount: total - due - carried, type: "applied_to_invoice" },
    { amount: carried, type: "invoice_too_small" },
  ] as const;
  for (const { amount, type } of changes) {
    if (amount === 0) continue;
    changeBalance(context, requireCustomer(context, customer), {
      amount,
      type,
      currency: inCurrency,
      invoice: id,
    });
  }
  return balance + total - due;
}

/**
 * Gives back what the balance paid of an invoice that is void, see
 * https://docs.stripe.com/changelog/2019-12-03/customer-balances-returned-voided-invoices.
 */
export function returnBalance(
  context: Context,
  { id, currency: inCurrency, customer }: Stripe.Invoice,
): void {
  const { store } = context;
  const owner = store.customers.read(idOf(customer) ?? "");
  const applied = store.balanceTransactions
    .page({ limit: Infinity, index: { name: "invoice", values: [id] } })
    .data.filter(({ type }) => type === "applied_to_invoice")
    .reduce((sum, { amount }) => sum + amount, 0);
  if (owner === undefined || applied === 0) return;
  changeBalance(context, owner, {
    amount: -applied,
    type: "unapplied_from_invoice",
    currency: inCurrency,
    invoice: id,
  });
}
