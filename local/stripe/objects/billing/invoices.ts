import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { customerReference } from "../customers/customers.ts";
import { reference, unset, type Expansions } from "../store/expansions.ts";
import { netOf, totalDiscounts } from "./discounts.ts";
import type { Store } from "../store/store.ts";

export const invoiceExpansions: Expansions = {
  invoice: {
    customer: customerReference,
    default_payment_method: reference("paymentMethods"),
    application: unset,
    default_source: unset,
    latest_revision: unset,
    on_behalf_of: unset,
    test_clock: unset,
  },
};

export type BillingReason = "subscription_create" | "subscription_cycle" | "subscription_update" | "manual";

/** What a new invoice is made of. */
export interface InvoiceSeed {
  id: string;
  customer: Stripe.Customer;
  /** Null if it belongs to none. */
  subscription: Stripe.Subscription | null;
  currency: string;
  lines: readonly Stripe.InvoiceLineItem[];
  /** The ids of the discounts that the subscription has now. */
  discounts: readonly string[];
  reason: BillingReason;
  /** The period in which its lines came about, in seconds. */
  period: { start: number; end: number };
  /** Whether it is finalized and collected automatically. */
  autoAdvance: boolean;
  /** When it will be finalized automatically, in seconds. */
  finalizesAt: number | null;
  prorationDate?: number | undefined;
  now: number;
}

/** A new draft of an invoice as Stripe shows it. */
export function newInvoice(seed: InvoiceSeed): Stripe.Invoice {
  const { id, customer, subscription, now } = seed;
  const subtotal = seed.lines.reduce((sum, { amount }) => sum + amount, 0);
  const total = seed.lines.reduce((sum, line) => sum + netOf(line), 0);
  const due = Math.max(0, total);
  return {
    id,
    object: "invoice",
    ...fixedFields,
    amount_due: due,
    amount_remaining: due,
    auto_advance: seed.autoAdvance,
    automatically_finalizes_at: seed.finalizesAt,
    billing_reason: seed.reason,
    created: now,
    currency: seed.currency,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_tax_exempt: customer.tax_exempt ?? "none",
    lines: {
      object: "list",
      data: seed.lines.map((line) => ({ ...line, invoice: id })),
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
    },
    parent: subscription && {
      quote_details: null,
      subscription_details: {
        metadata: subscription.metadata,
        subscription: subscription.id,
        ...(seed.prorationDate !== undefined && { subscription_proration_date: seed.prorationDate }),
      },
      type: "subscription_details",
    },
    period_end: seed.period.end,
    period_start: seed.period.start,
    starting_balance: customer.balance,
    discounts: [...seed.discounts],
    subtotal,
    subtotal_excluding_tax: subtotal,
    total_discount_amounts: totalDiscounts(seed.lines),
    total,
    total_excluding_tax: total,
  };
}

/** What is the same for every invoice when it is new. */
const fixedFields = {
  account_country: "US",
  account_name: "Local Stripe",
  account_tax_ids: null,
  amount_overpaid: 0,
  amount_paid: 0,
  amount_shipping: 0,
  application: null,
  attempt_count: 0,
  attempted: false,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
  collection_method: "charge_automatically",
  custom_fields: null,
  customer_account: null,
  customer_shipping: null,
  customer_tax_ids: [],
  default_payment_method: null,
  default_source: null,
  default_tax_rates: [],
  description: null,
  due_date: null,
  effective_at: null,
  ending_balance: null,
  footer: null,
  from_invoice: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  issuer: { type: "self" },
  last_finalization_error: null,
  latest_revision: null,
  livemode: false,
  metadata: {},
  next_payment_attempt: null,
  number: null,
  on_behalf_of: null,
  payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  statement_descriptor: null,
  status: "draft",
  status_transitions: {
    finalized_at: null,
    marked_uncollectible_at: null,
    paid_at: null,
    voided_at: null,
  },
  test_clock: null,
  total_pretax_credit_amounts: [],
  total_taxes: [],
  webhooks_delivered_at: null,
} satisfies Partial<Stripe.Invoice>;

export function requireInvoice({ store }: { store: Store }, id: string): Stripe.Invoice {
  const invoice = store.invoices.read(id);
  if (invoice === undefined) throw missingObject("invoice", id);
  return invoice;
}
