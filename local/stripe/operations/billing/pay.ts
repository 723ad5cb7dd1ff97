import type { Stripe } from "stripe";
import { requireInvoice } from "../../objects/billing/invoices.ts";
import { requireCustomer } from "../../objects/customers/customers.ts";
import { idOf } from "../../objects/store/store.ts";
import { invalidRequest, missingObject } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";
import { collectInvoice } from "./collect.ts";
import { finalizeInvoice } from "./finalize.ts";

export function payInvoice(
  context: Context,
  params: { payment_method?: string },
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
