import type { Stripe } from "stripe";
import { newId } from "../../platform/ids.ts";
import { reference, type Expansions } from "../store/expansions.ts";
import { listPage } from "../store/pages.ts";
import type { Store } from "../store/store.ts";

export const invoicePaymentExpansions: Expansions = {
  invoice_payment: { invoice: reference("invoices") },
  invoice: { payments: (store, { id }) => paymentsOf(store, String(id)) },
};

/** An invoice's latest payments, as its `payments` shows them when it is expanded. */
function paymentsOf(store: Store, invoiceId: string): Stripe.ApiList<Stripe.InvoicePayment> {
  return listPage(
    store.invoicePayments,
    {},
    {
      url: `/v1/invoice_payments?invoice=${invoiceId}`,
      noun: "invoice payment",
      index: { name: "invoice", values: [invoiceId] },
    },
  );
}

/** The payment an invoice waits for. */
export function openPaymentOf(
  { store }: { store: Store },
  invoiceId: string,
): Stripe.InvoicePayment | undefined {
  const index = { name: "invoice", values: [invoiceId] } as const;
  return store.invoicePayments.page({ limit: 1, index, where: ({ status }) => status === "open" }).data[0];
}

/** A payment that an invoice waits for. */
export function newInvoicePayment(
  invoice: Stripe.Invoice,
  { intentId, now }: { intentId: string; now: number },
): Stripe.InvoicePayment {
  return {
    id: newId("inpay"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intentId, type: "payment_intent" },
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
  };
}
