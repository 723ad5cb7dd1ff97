import type { Stripe } from "stripe";
import { newInvoicePayment, openPaymentOf } from "../../objects/billing/invoicePayments.ts";
import { requireCustomer } from "../../objects/customers/customers.ts";
import { newPaymentIntent } from "../../objects/payments/paymentIntents.ts";
import { idOf, subscriptionOf } from "../../objects/store/store.ts";
import { minimumCharge } from "../../platform/currencies.ts";
import type { Context } from "../context/context.ts";
import { bookBalance, returnBalance } from "../customers/balance.ts";
import { recover, settleInvoice } from "./invoices.ts";

/**
 * Finalizes a draft: `invoice.finalized`. The customer's balance is used; a negative total, or an amount that is too small
 * to charge, is added to it. If nothing is due, the invoice is paid at once. Otherwise a payment intent waits for the
 * payment: the one of the checkout if there is one.
 */
export function finalizeInvoice(
  context: Context,
  draft: Stripe.Invoice,
  options: { intent?: Stripe.PaymentIntent; collects?: boolean } = {},
): Stripe.Invoice {
  const { store, events, clock } = context;
  const now = clock.now();
  const { due, number, startingBalance, endingBalance } = bookOnCustomer(context, draft, options.intent);
  const invoice = store.invoices.replace({
    ...draft,
    amount_due: due,
    amount_remaining: due,
    automatically_finalizes_at: null,
    effective_at: now,
    starting_balance: startingBalance,
    ending_balance: endingBalance,
    number,
    status: "open",
    status_transitions: { ...draft.status_transitions, finalized_at: now },
  });
  events.emit("invoice.finalized", invoice, context);
  if (due === 0) return settleInvoice(context, invoice);
  if (options.collects !== false) openPayment(context, invoice, options.intent);
  return invoice;
}

function bookOnCustomer(
  context: Context,
  draft: Stripe.Invoice,
  paid: Stripe.PaymentIntent | undefined,
): { due: number; number: string; startingBalance: number; endingBalance: number } {
  const { total, currency } = draft;
  const customer = requireCustomer(context, draft.customer);
  const owed = Math.max(0, total + customer.balance);
  // What was paid at the checkout is what was due, whatever the customer's balance was.
  const due = paid?.amount ?? (owed < minimumCharge(currency) ? 0 : owed);
  const sequence = customer.next_invoice_sequence ?? 1;
  context.store.customers.replace({ ...customer, next_invoice_sequence: sequence + 1 });
  return {
    due,
    startingBalance: customer.balance,
    endingBalance: bookBalance(context, draft, due),
    number: `${customer.invoice_prefix ?? "LOCAL"}-${String(sequence).padStart(4, "0")}`,
  };
}

function openPayment(context: Context, invoice: Stripe.Invoice, given?: Stripe.PaymentIntent): void {
  const { store, clock } = context;
  const intent = given ?? createIntent(context, invoice);
  store.invoicePayments.insert(newInvoicePayment(invoice, { intentId: intent.id, now: clock.now() }));
}

function createIntent(context: Context, invoice: Stripe.Invoice): Stripe.PaymentIntent {
  const { store, events, clock } = context;
  const intent = store.paymentIntents.insert(
    newPaymentIntent(
      {
        amount: invoice.amount_due,
        currency: invoice.currency,
        customer: idOf(invoice.customer),
        paymentMethodTypes: ["card"],
        data: {
          ...intentData,
          description: subscriptionOf(invoice) === null ? "Payment for Invoice" : "Subscription update",
        },
      },
      clock.now(),
    ),
  );
  const sessionId = store.sessionOfSubscription.get(subscriptionOf(invoice) ?? "");
  if (sessionId !== undefined) store.sessionOfIntent.set(intent.id, sessionId);
  events.emit("payment_intent.created", intent, context);
  return intent;
}

const intentData = {
  metadata: {},
  receiptEmail: null,
  statementDescriptor: null,
  statementDescriptorSuffix: null,
  captureMethod: "automatic",
  setupFutureUsage: null,
  shipping: null,
} as const;

/** Gives up an invoice: `invoice.voided`, which cancels its payment intent, or `invoice.marked_uncollectible`. */
export function giveUpInvoice(
  context: Context,
  invoice: Stripe.Invoice,
  status: "void" | "uncollectible",
): Stripe.Invoice {
  const { store, events, clock } = context;
  const now = clock.now();
  const transition = status === "void" ? { voided_at: now } : { marked_uncollectible_at: now };
  const given = store.invoices.replace({
    ...invoice,
    auto_advance: false,
    automatically_finalizes_at: null,
    next_payment_attempt: null,
    status,
    status_transitions: { ...invoice.status_transitions, ...transition },
  });
  if (status === "void") {
    cancelPayment(context, given);
    returnBalance(context, given);
  }
  events.emit(status === "void" ? "invoice.voided" : "invoice.marked_uncollectible", given, context);
  recover(context, given);
  return given;
}

/** Cancels the payment that an invoice waits for, if there is one: `payment_intent.canceled`. */
export function cancelPayment(context: Context, invoice: Stripe.Invoice): void {
  const { store, events, clock } = context;
  const payment = openPaymentOf(context, invoice.id);
  const intent = store.paymentIntents.read(idOf(payment?.payment.payment_intent) ?? "");
  if (payment === undefined || intent === undefined) return;
  const now = clock.now();
  store.invoicePayments.replace({
    ...payment,
    status: "canceled",
    status_transitions: { canceled_at: now, paid_at: null },
  });
  const canceled = store.paymentIntents.replace({
    ...intent,
    canceled_at: now,
    cancellation_reason: "void_invoice",
    status: "canceled",
  });
  events.emit("payment_intent.canceled", canceled, context);
}
