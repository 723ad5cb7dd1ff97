import type { Stripe } from "stripe";
import type { PaymentFacts } from "../../contract/documents.ts";
import * as z from "zod";
import { noFacts } from "../../model/facts.ts";
import { isOurs, parseMetadata, type Issuer } from "../metadata.ts";
import type { InvoiceNews } from "../paymentAdapter.ts";
import { toDate, toIds } from "./checkout.ts";
import { toInvoiceLine } from "./invoiceLine.ts";

/** The metadata of the invoice's subscription when the invoice was made; undefined for an invoice without one. */
export function toSubscriptionMetadata(invoice: Stripe.Invoice): Stripe.Metadata | undefined {
  return invoice.parent?.subscription_details?.metadata ?? undefined;
}

/**
 * Where invoices of any release keep what says whose they are. Before 2025-03-31 the subscription was a field of its own, and
 * before 2023-08-16 only the lines had its metadata.
 * Source: https://docs.stripe.com/changelog/basil/2025-03-18/adds-new-parent-field-to-invoicing-objects
 */
const metadataSchema = z.object({ metadata: z.unknown().optional() }).nullish().catch(undefined);
const ownedSchema = z.object({
  parent: z.object({ subscription_details: metadataSchema }).nullish().catch(undefined),
  subscription_details: metadataSchema,
  subscription: z.unknown().optional(),
  lines: z.object({ data: z.array(metadataSchema) }).catch({ data: [] }),
});

/** Whether an invoice is certainly not of a subscription of ours. */
export function isForeignInvoice(invoice: Stripe.Invoice, { projectId }: Issuer): boolean {
  const { parent, subscription_details: details, subscription, lines } = ownedSchema.parse(invoice);
  const said = parent?.subscription_details ?? details;
  if (said) return !isOurs(said.metadata, projectId);
  const isOfOurLine = lines.data.some((line) => isOurs(line?.metadata, projectId));
  // All lines are shown, or those that are not might be ours.
  return subscription === undefined || subscription === null || (lines.data.length > 0 && !isOfOurLine);
}

/**
 * One of our invoices as news. `lines` are all of them: an invoice shows only its first ones. `failedAt` is when paying
 * it failed, if an event says so. Source: https://docs.stripe.com/billing/invoices/subscription
 */
export function toInvoiceNews(
  invoice: Stripe.Invoice,
  context: {
    issuer: Issuer;
    lines?: readonly Stripe.InvoiceLineItem[];
    failedAt?: Date | undefined;
  },
): InvoiceNews {
  const metadata = toSubscriptionMetadata(invoice) ?? {};
  const parsed = parseMetadata(metadata, context.issuer);
  const { lines = invoice.lines.data } = context;
  return {
    key: requireInvoiceId(invoice),
    order: parsed.outcome === "order" ? parsed.order : undefined,
    isOriginalOrder: parsed.outcome === "order" && parsed.subtotal !== undefined,
    isFirst: invoice.billing_reason === "subscription_create",
    amount: invoice.total,
    currency: invoice.currency,
    lines: lines.flatMap((line) => toInvoiceLine(line, invoice) ?? []),
    facts: toFacts(invoice, context.failedAt),
    providerData: toIds({
      invoiceId: invoice.id,
      subscriptionId: invoice.parent?.subscription_details?.subscription,
      customerId: invoice.customer,
      paymentIntentId: invoice.payments?.data.find(({ status }) => status === "paid")?.payment.payment_intent,
    }),
    metadata,
    livemode: invoice.livemode,
  };
}

function toFacts(invoice: Stripe.Invoice, failedAt: Date | undefined): PaymentFacts {
  const { status, amount_paid: amount, currency, status_transitions: times } = invoice;
  if (status === "paid") {
    const at = toDate(times.paid_at ?? invoice.created);
    return { ...noFacts, paid: { amount, currency, at, fromBalance: toBalanceUsed(invoice) } };
  }
  if (status === "void" || status === "uncollectible") {
    const at = times.voided_at ?? times.marked_uncollectible_at ?? invoice.created;
    return { ...noFacts, canceled: { at: toDate(at) } };
  }
  return failedAt ? { ...noFacts, failed: { reason: "payment_failed", at: failedAt } } : noFacts;
}

/**
 * What the customer's balance paid. An amount too small to be charged is owed by the balance, and has been asked for all
 * the same; what a negative total adds to the balance paid nothing.
 * Source: https://docs.stripe.com/billing/customer/balance
 */
function toBalanceUsed({ total, starting_balance: before, ending_balance: after }: Stripe.Invoice): number {
  return Math.min(Math.max(0, total), Math.max(0, (after ?? before) - before));
}

function requireInvoiceId({ id }: Stripe.Invoice): string {
  if (!id) throw new Error("Cannot read the invoice: it is a preview");
  return id;
}
