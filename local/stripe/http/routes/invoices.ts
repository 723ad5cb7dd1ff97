import type { Stripe } from "stripe";
import { invoiceItemExpansions } from "../../objects/billing/invoiceItems.ts";
import { invoiceLineExpansions } from "../../objects/billing/invoiceLines.ts";
import { invoicePaymentExpansions } from "../../objects/billing/invoicePayments.ts";
import { invoiceExpansions, requireInvoice } from "../../objects/billing/invoices.ts";
import { listPage, listSlice } from "../../objects/store/pages.ts";
import { idOf, subscriptionOf } from "../../objects/store/store.ts";
import { finalizeInvoice, giveUpInvoice } from "../../operations/billing/finalize.ts";
import {
  createInvoice,
  createInvoiceItem,
  invoiceFields,
  itemFields,
} from "../../operations/billing/ownInvoices.ts";
import { payInvoice } from "../../operations/billing/pay.ts";
import { updateInvoice } from "../../operations/billing/updateInvoice.ts";
import type { Context } from "../../operations/context/context.ts";
import { invalidRequest, missingObject } from "../../platform/errors.ts";
import { boolean, object, oneOf, string, type Decoded } from "../../platform/params.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

const listFields = {
  ...pageFields,
  created,
  customer: string(),
  subscription: string(),
  status: oneOf("draft", "open", "paid", "uncollectible", "void"),
};

const paymentListFields = {
  ...pageFields,
  created,
  invoice: string(),
  payment: object({ type: oneOf("payment_intent"), payment_intent: string() }),
  status: oneOf("canceled", "open", "paid"),
};

/** Invoices of subscriptions and others, what is on them, and how they were paid. */
export const invoices: Resource = {
  expansions: [invoiceExpansions, invoiceLineExpansions, invoicePaymentExpansions, invoiceItemExpansions],
  routes: [
    route("POST", "/v1/invoices", invoiceFields, createInvoice),
    route("GET", "/v1/invoices/:id", {}, (context, _params, id) => requireInvoice(context, id)),
    route("GET", "/v1/invoices", listFields, listInvoices),
    route("GET", "/v1/invoices/:id/lines", pageFields, (context, params, id) =>
      listSlice(requireInvoice(context, id).lines.data, params, {
        url: `/v1/invoices/${id}/lines`,
        noun: "line item",
      }),
    ),
    route("POST", "/v1/invoices/:id", { auto_advance: boolean }, (context, params, id) =>
      updateInvoice(context, requireInvoice(context, id), params),
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
    route("GET", "/v1/invoice_payments", paymentListFields, listPayments),
    route("POST", "/v1/invoiceitems", itemFields, createInvoiceItem),
    route("GET", "/v1/invoiceitems/:id", {}, ({ store }, _params, id) => {
      const item = store.invoiceItems.get(id);
      if (item === undefined) throw missingObject("invoiceitem", id);
      return item;
    }),
  ],
};

function requireStatus(context: Context, id: string, allowed: readonly string[]): Stripe.Invoice {
  const invoice = requireInvoice(context, id);
  if (allowed.includes(invoice.status ?? "")) return invoice;
  throw invalidRequest(
    `You can only pass in ${allowed.join(" or ")} invoices. This invoice is ${invoice.status}.`,
  );
}

function listInvoices(
  { store }: Context,
  params: Decoded<typeof listFields>,
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

function listPayments(
  { store }: Context,
  params: Decoded<typeof paymentListFields>,
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
