import type { Stripe } from "stripe";
import type { PaymentFacts } from "../../contract/documents.ts";
import { noFacts } from "../../model/facts.ts";
import { parseMetadata } from "../metadata.ts";
import type { InvoiceLine, InvoiceNews } from "../paymentAdapter.ts";
import { toDate, toId, toIds } from "./checkout.ts";

/** The metadata of the invoice's subscription when the invoice was made; undefined for an invoice without one. */
export function toSubscriptionMetadata(invoice: Stripe.Invoice): Stripe.Metadata | undefined {
  return invoice.parent?.subscription_details?.metadata ?? undefined;
}

/**
 * One of our invoices as news. `failedAt` is when paying it failed, if an event says so.
 * Source: https://docs.stripe.com/billing/invoices/subscription
 */
export function toInvoiceNews(
  invoice: Stripe.Invoice,
  context: { projectId: string; failedAt: Date | undefined },
): InvoiceNews {
  const metadata = toSubscriptionMetadata(invoice) ?? {};
  const parsed = parseMetadata(metadata, context.projectId);
  return {
    key: requireInvoiceId(invoice),
    order: parsed.outcome === "order" ? parsed.order : undefined,
    isFirst: invoice.billing_reason === "subscription_create",
    amount: invoice.total,
    currency: invoice.currency,
    lines: invoice.lines.data.flatMap((line) => toLine(line) ?? []),
    facts: toFacts(invoice, context.failedAt),
    providerData: toIds({
      invoiceId: invoice.id,
      subscriptionId: invoice.parent?.subscription_details?.subscription,
      customerId: invoice.customer,
      paymentIntentId: invoice.payments?.data.find(({ status }) => status === "paid")?.payment.payment_intent,
    }),
    metadata,
  };
}

function toLine(line: Stripe.InvoiceLineItem): [InvoiceLine] | undefined {
  const details = line.pricing?.price_details;
  const priceId = toId(details?.price);
  if (!details || priceId === undefined) return undefined;
  return [{ productId: details.product, priceId, amount: line.amount, quantity: line.quantity ?? 1 }];
}

function toFacts(invoice: Stripe.Invoice, failedAt: Date | undefined): PaymentFacts {
  const { status, amount_paid: amount, currency, status_transitions: times } = invoice;
  if (status === "paid") {
    return { ...noFacts, paid: { amount, currency, at: toDate(times.paid_at ?? invoice.created) } };
  }
  if (status === "void" || status === "uncollectible") {
    const at = times.voided_at ?? times.marked_uncollectible_at ?? invoice.created;
    return { ...noFacts, canceled: { at: toDate(at) } };
  }
  return failedAt ? { ...noFacts, failed: { reason: "payment_failed", at: failedAt } } : noFacts;
}

function requireInvoiceId({ id }: Stripe.Invoice): string {
  if (!id) throw new Error("Cannot read the invoice: it is a preview");
  return id;
}
