import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { unset, type Expansions, type Resolver } from "../store/expansions.ts";
import { idOf, type Store } from "../store/store.ts";

/** A field that holds the id of a customer, who may have been deleted since. */
export const customerReference: Resolver = (store, _owner, value) => {
  if (typeof value !== "string") return value;
  return store.customers.read(value) ?? store.deletedCustomers.get(value) ?? value;
};

export const customerExpansions: Expansions = {
  customer: { default_source: unset, test_clock: unset },
};

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
