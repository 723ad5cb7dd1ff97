import type { Stripe } from "stripe";
import { subscriptionsOf } from "../../objects/billing/subscriptions.ts";
import { missingObject } from "../../platform/errors.ts";
import { newId, randomText } from "../../platform/ids.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { email, emptyable, list, object, oneOf, string, type Decoded } from "../../platform/params.ts";
import { cancelSubscription } from "../billing/cancel.ts";
import type { Context } from "../context/context.ts";

export const ADDRESS = object({
  city: emptyable(string()),
  country: emptyable(string()),
  line1: emptyable(string()),
  line2: emptyable(string()),
  postal_code: emptyable(string()),
  state: emptyable(string()),
});

export const FIELDS = {
  email: emptyable(email),
  name: emptyable(string(256)),
  phone: emptyable(string(20)),
  description: emptyable(string()),
  address: emptyable(ADDRESS),
  metadata,
  preferred_locales: list(string()),
  tax_exempt: emptyable(oneOf("none", "exempt", "reverse")),
};

/** Creates a customer and emits `customer.created`. */
export function createCustomer(context: Context, params: Decoded<typeof FIELDS>): Stripe.Customer {
  const customer = context.store.customers.insert({
    id: newId("cus"),
    object: "customer",
    address: toAddress(params.address),
    balance: 0,
    created: context.clock.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: params.description ?? null,
    discount: null,
    email: params.email ?? null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    name: params.name ?? null,
    next_invoice_sequence: 1,
    phone: params.phone ?? null,
    preferred_locales: [...(params.preferred_locales ?? [])],
    shipping: null,
    tax_exempt: params.tax_exempt ?? "none",
    test_clock: null,
  });
  context.events.emit("customer.created", customer, context);
  return customer;
}

export function updateCustomer(
  context: Context,
  params: Decoded<typeof FIELDS>,
  id: string,
): Stripe.Customer {
  const before = context.store.customers.read(id);
  if (before === undefined) throw missingObject("customer", id);
  const {
    metadata: metadataChange,
    address,
    preferred_locales: locales,
    tax_exempt: exempt,
    ...plain
  } = params;
  const changed = {
    ...before,
    ...plain,
    ...(address !== undefined && { address: toAddress(address) }),
    ...(locales !== undefined && { preferred_locales: [...locales] }),
    ...(exempt !== undefined && { tax_exempt: exempt ?? "none" }),
    metadata: mergeMetadata(before.metadata, metadataChange === undefined ? {} : metadataChange),
  };
  if (JSON.stringify(changed) === JSON.stringify(before)) return before;
  const customer = context.store.customers.replace(changed);
  context.events.emit("customer.updated", customer, { origin: context.origin, previous: before });
  return customer;
}

/** Deletes a customer; his subscriptions end first, his open checkout sessions can no longer be paid. */
export function deleteCustomer(context: Context, _params: object, id: string): Stripe.DeletedCustomer {
  const { store, events } = context;
  const customer = store.customers.read(id);
  if (customer === undefined) throw missingObject("customer", id);
  for (const subscription of subscriptionsOf(context, id)) {
    cancelSubscription(context, subscription, { reason: "cancellation_requested" });
  }
  store.customers.remove(id);
  const deleted: Stripe.DeletedCustomer = { id, object: "customer", deleted: true };
  store.deletedCustomers.set(id, deleted);
  events.emit("customer.deleted", customer, context);
  return deleted;
}

function toAddress(address: Decoded<typeof FIELDS>["address"]): Stripe.Address | null {
  if (address === undefined || address === null) return null;
  const {
    city = null,
    country = null,
    line1 = null,
    line2 = null,
    postal_code = null,
    state = null,
  } = address;
  return { city, country, line1, line2, postal_code, state };
}
