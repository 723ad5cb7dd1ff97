import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { idOf, type Store } from "../store/store.ts";

/** The customer an invoice is for, or Stripe's refusal when he was deleted. */
export function requireCustomer(
  { store }: { store: Store },
  reference: Stripe.Invoice["customer"],
): Stripe.Customer {
  const id = idOf(reference) ?? "";
  const customer = store.customers.read(id);
  if (customer === undefined) throw missingObject("customer", id, "customer");
  return customer;
}
