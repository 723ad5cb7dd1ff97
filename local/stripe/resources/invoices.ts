import type { Stripe } from "stripe";
import { invalidRequest, missingObject } from "../api/errors.ts";
import { created, listPage, listSlice, PAGE_FIELDS } from "../api/list.ts";
import { boolean, object, oneOf, string } from "../api/params.ts";
import type { Decoded } from "../api/params.ts";
import { route } from "../api/route.ts";
import { collectInvoice } from "../billing/collect.ts";
import { finalizeInvoice, giveUpInvoice } from "../billing/finalize.ts";
import { requireCustomer } from "../billing/invoices.ts";
import type { Context } from "../context.ts";
import { idOf, subscriptionOf } from "../store/store.ts";

const LIST_FIELDS = {
  ...PAGE_FIELDS,
  created,
  customer: string(),
  subscription: string(),
  status: oneOf("draft", "open", "paid", "uncollectible", "void"),
};

const PAYMENT_LIST_FIELDS = {
  ...PAGE_FIELDS,
  created,
  invoice: string(),
  payment: object({ type: oneOf("payment_intent"), payment_intent: string() }),
  status: oneOf("canceled", "open", "paid"),
};

/** Invoices of subscriptions, what is on them, and how they were paid. */
export const INVOICE_ROUTES = [
  route("GET", "/v1/invoices/:id", {}, (context, _params, id) => requireInvoice(context, id)),
  route("GET", "/v1/invoices", LIST_FIELDS, listInvoices),
  route("GET", "/v1/invoices/:id/lines", PAGE_FIELDS, (context, params, id) =>
    listSlice(requireInvoice(context, id).lines.data, params, {
      url: `/v1/invoices/${id}/lines`,
      noun: "line item",
    }),
  ),
  route("POST", "/v1/invoices/:id/pay", { payment_method: string(), off_session: boolean }, payInvoice),
  route("POST", "/v1/invoices/:id/finalize", {}, (context, _params, id) => {
    const invoice = requireInvoice(context, id);
    if (invoice.status === "draft") return finalizeInvoice(context, invoice);
    throw invalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.");
  }),
  route("POST", "/v1/invoices/:id/void", {}, (context, _params, id) =>
    giveUpInvoice(context, requireStatus(context, id, ["open", "uncollectible"]), "void"),
  ),
  route("POST", "/v1/invoices/:id/mark_uncollectible", {}, (context, _params, id) =>
    giveUpInvoice(context, requireStatus(context, id, ["open"]), "uncollectible"),
  ),
  route("GET", "/v1/invoice_payments/:id", {}, ({ store }, _params, id) => {
    const payment = store.invoicePayments.read(id);
    if (payment === undefined) throw missingObject("invoice payment", id);
    return payment;
  }),
  route("GET", "/v1/invoice_payments", PAYMENT_LIST_FIELDS, listPayments),
  route("GET", "/v1/invoiceitems/:id", {}, ({ store }, _params, id) => {
    const item = store.invoiceItems.get(id);
    if (item === undefined) throw missingObject("invoiceitem", id);
    return item;
  }),
];

function requireInvoice({ store }: Context, id: string): Stripe.Invoice {
  const invoice = store.invoices.read(id);
  if (invoice === undefined) throw missingObject("invoice", id);
  return invoice;
}

function requireStatus(context: Context, id: string, allowed: readonly string[]): Stripe.Invoice {
  const invoice = requireInvoice(context, id);
  if (allowed.includes(invoice.status ?? "")) return invoice;
  throw invalidRequest(
    `You can only pass in ${allowed.join(" or ")} invoices. This invoice is ${invoice.status}.`,
  );
}

function listInvoices(
  { store }: Context,
  params: Decoded<typeof LIST_FIELDS>,
): Stripe.ApiList<Stripe.Invoice> {
  const { customer, subscription, status } = params;
  return listPage(store.invoices, params, {
    url: "/v1/invoices",
    noun: "invoice",
    index:
      subscription !== undefined
        ? { name: "subscription", values: [subscription] }
        : customer !== undefined
          ? { name: "customer", values: [customer] }
          : status && { name: "status", values: [status] },
    where: (invoice) =>
      (customer === undefined || idOf(invoice.customer) === customer) &&
      (subscription === undefined || subscriptionOf(invoice) === subscription) &&
      (status === undefined || invoice.status === status),
  });
}

function payInvoice(
  context: Context,
  params: { readonly payment_method?: string },
  id: string,
): Stripe.Invoice {
  const invoice = requireInvoice(context, id);
  const { payment_method: methodId } = params;
  if (invoice.status === "paid")
    throw invalidRequest("Invoice is already paid", { code: "invoice_already_paid" });
  if (invoice.status === "void") throw invalidRequest("This invoice can no longer be paid");
  if (methodId !== undefined) requireOwnMethod(context, invoice, methodId);
  requireCustomer(context, invoice.customer);
  const final = invoice.status === "draft" ? finalizeInvoice(context, invoice) : invoice;
  if (final.status === "paid") return final;
  const result = collectInvoice(context, final, { automatic: false, paymentMethodId: methodId });
  if (result.outcome === "failed") throw result.error;
  return result.invoice;
}

function requireOwnMethod({ store }: Context, { customer }: Stripe.Invoice, id: string): void {
  const method = store.paymentMethods.read(id);
  if (method === undefined) throw missingObject("PaymentMethod", id, "payment_method");
  if (idOf(method.customer) === idOf(customer)) return;
  throw invalidRequest(
    "The payment method supplied does not belong to the customer of this invoice. Please attach it to the customer first.",
    { param: "payment_method" },
  );
}

function listPayments(
  { store }: Context,
  params: Decoded<typeof PAYMENT_LIST_FIELDS>,
): Stripe.ApiList<Stripe.InvoicePayment> {
  const { invoice, payment, status } = params;
  const intent = payment?.payment_intent;
  if (payment !== undefined && (payment.type === undefined || intent === undefined)) {
    throw invalidRequest("The payment filter needs its type and the object it names.", {
      code: "parameter_missing",
      param: payment.type === undefined ? "payment[type]" : "payment[payment_intent]",
    });
  }
  return listPage(store.invoicePayments, params, {
    url: "/v1/invoice_payments",
    noun: "invoice payment",
    index:
      intent !== undefined
        ? { name: "paymentIntent", values: [intent] }
        : invoice === undefined
          ? undefined
          : { name: "invoice", values: [invoice] },
    where: (found) =>
      (invoice === undefined || idOf(found.invoice) === invoice) &&
      (status === undefined || found.status === status),
  });
}
