import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { newId, randomText } from "../../platform/ids.ts";
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

/** The customer an invoice is for, or Stripe's refusal if the customer was deleted. */
export function requireCustomer(
  { store }: { store: Store },
  reference: Stripe.Invoice["customer"],
): Stripe.Customer {
  const id = idOf(reference) ?? "";
  const customer = store.customers.read(id);
  if (customer === undefined) throw missingObject("customer", id, "customer");
  return customer;
}

/** What a new customer is made of. */
export type CustomerSeed = Pick<
  Stripe.Customer,
  | "address"
  | "created"
  | "description"
  | "email"
  | "metadata"
  | "name"
  | "phone"
  | "preferred_locales"
  | "tax_exempt"
> & { default_payment_method: string | null };

/** A new customer as Stripe shows it. */
export function newCustomer(seed: CustomerSeed): Stripe.Customer {
  return {
    id: newId("cus"),
    object: "customer",
    address: seed.address ?? null,
    balance: 0,
    created: seed.created,
    currency: null,
    default_source: null,
    delinquent: false,
    description: seed.description,
    discount: null,
    email: seed.email,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: seed.default_payment_method,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: seed.metadata,
    name: seed.name ?? null,
    next_invoice_sequence: 1,
    phone: seed.phone ?? null,
    preferred_locales: seed.preferred_locales ?? [],
    shipping: null,
    tax_exempt: seed.tax_exempt ?? "none",
    test_clock: null,
  };
}
