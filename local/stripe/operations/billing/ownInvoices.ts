import type { Stripe } from "stripe";
import { newOwnItem } from "../../objects/billing/invoiceItems.ts";
import { pendingLine } from "../../objects/billing/invoiceLines.ts";
import { newInvoice } from "../../objects/billing/invoices.ts";
import { subscriptionsOf } from "../../objects/billing/subscriptions.ts";
import { requireCustomer } from "../../objects/customers/customers.ts";
import { HOUR } from "../../platform/clock.ts";
import { currency } from "../../platform/currencies.ts";
import { invalidRequest, missingParameter } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { boolean, integer, oneOf, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import { addPending, pendingOf, takePending } from "./pending.ts";

/** What a new invoice item takes, see https://docs.stripe.com/api/invoiceitems/create. */
export const itemFields = {
  customer: string(),
  amount: integer({ min: -99_999_999, max: 99_999_999 }),
  currency,
  description: string(),
  metadata,
};

/**
 * Puts something on the customer's next invoice: `invoiceitem.created`. At Stripe that may be one of a subscription, which
 * local Stripe bills by its items alone.
 *
 * @throws ApiError if the customer has a subscription, or something pending in another currency.
 */
export function createInvoiceItem(context: Context, params: Decoded<typeof itemFields>): Stripe.InvoiceItem {
  const { amount, currency: code } = params;
  const customer = requireOwner(context, params.customer);
  if (amount === undefined) throw missingParameter("amount");
  if (code === undefined) throw missingParameter("currency");
  if (subscriptionsOf(context, customer.id).length > 0) {
    throw invalidRequest("Local Stripe adds no invoice items for a customer who has a subscription.", {
      param: "customer",
    });
  }
  const [first] = pendingOf(context, customer.id);
  const fixed = first?.currency ?? customer.currency ?? code;
  if (fixed !== code) {
    throw invalidRequest(`You cannot combine currencies on a single customer. This customer's is ${fixed}.`, {
      param: "currency",
    });
  }
  return addPending(
    context,
    customer.id,
    newOwnItem(customer, {
      amount,
      currency: code,
      description: params.description ?? null,
      metadata: mergeMetadata({}, params.metadata),
      now: context.clock.now(),
    }),
  );
}

/** What a new invoice takes, see https://docs.stripe.com/api/invoices/create. */
export const invoiceFields = {
  customer: string(),
  auto_advance: boolean,
  collection_method: oneOf("charge_automatically"),
  description: string(1500),
  metadata,
  pending_invoice_items_behavior: oneOf("exclude", "include"),
};

/** Drafts an invoice that belongs to no subscription: `invoice.created`. It waits for its finalization unless it advances. */
export function createInvoice(context: Context, params: Decoded<typeof invoiceFields>): Stripe.Invoice {
  const { store, clock, events, due } = context;
  const customer = requireOwner(context, params.customer);
  const includes = params.pending_invoice_items_behavior === "include";
  const items = includes ? takePending(context, customer.id) : [];
  const id = newId("in");
  for (const item of items) store.invoiceItems.set(item.id, { ...item, invoice: id });
  const now = clock.now();
  const advances = params.auto_advance ?? false;
  const finalizesAt = advances ? now + HOUR : null;
  const draft = newInvoice({
    id,
    customer,
    subscription: null,
    currency: items[0]?.currency ?? customer.currency ?? "usd",
    lines: items.map(pendingLine),
    discounts: [],
    reason: "manual",
    period: { start: now, end: now },
    autoAdvance: advances,
    finalizesAt,
    now,
  });
  const invoice = store.invoices.insert({
    ...draft,
    description: params.description ?? null,
    metadata: mergeMetadata({}, params.metadata),
  });
  events.emit("invoice.created", invoice, context);
  if (finalizesAt !== null) due.add({ kind: "finalize_invoice", id }, finalizesAt);
  return invoice;
}

function requireOwner(context: Context, id: string | undefined): Stripe.Customer {
  if (id === undefined) throw missingParameter("customer");
  return requireCustomer(context, id);
}
