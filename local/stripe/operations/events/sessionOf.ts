import type { Stripe } from "stripe";
import { subscriptionOf, type Store } from "../../objects/store/store.ts";

/** The checkout session an event is about: the session itself, or that of its payment, subscription or invoice. */
export function sessionOf(store: Store, { data }: Stripe.EventBase): string | undefined {
  const fields: Readonly<Record<string, unknown>> = { ...data.object };
  const id = String(fields["id"]);
  switch (fields["object"]) {
    case "checkout.session":
      return id;
    case "payment_intent":
      return store.sessionOfIntent.get(id);
    case "charge":
    case "refund":
    case "dispute":
    case "radar.early_fraud_warning":
      return store.sessionOfIntent.get(String(fields["payment_intent"]));
    case "subscription":
      return store.sessionOfSubscription.get(id);
    case "invoice":
      return ofInvoice(store, id);
    case "invoiceitem":
      return store.sessionOfSubscription.get(subscriptionOfItem(store, id));
    case "credit_note":
    case "invoice_payment":
      return ofInvoice(store, String(fields["invoice"]));
    default:
      return undefined;
  }
}

function ofInvoice(store: Store, id: string): string | undefined {
  const invoice = store.invoices.read(id);
  return store.sessionOfSubscription.get(invoice === undefined ? "" : (subscriptionOf(invoice) ?? ""));
}

function subscriptionOfItem(store: Store, id: string): string {
  return store.invoiceItems.get(id)?.parent?.subscription_details?.subscription ?? "";
}
