import type { Stripe } from "stripe";
import { subscriptionsOf } from "../../objects/billing/subscriptions.ts";
import { newCustomer } from "../../objects/customers/customers.ts";
import { addressParam, toAddress } from "../../platform/address.ts";
import { missingObject } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { email, emptyable, list, oneOf, string, type Decoded } from "../../platform/params.ts";
import { cancelSubscription } from "../billing/cancel.ts";
import type { Context } from "../context/context.ts";

export const customerFields = {
  email: emptyable(email),
  name: emptyable(string(256)),
  phone: emptyable(string(20)),
  description: emptyable(string()),
  address: emptyable(addressParam),
  metadata,
  preferred_locales: list(string()),
  tax_exempt: emptyable(oneOf("none", "exempt", "reverse")),
};

/** Creates a customer and emits `customer.created`. */
export function createCustomer(context: Context, params: Decoded<typeof customerFields>): Stripe.Customer {
  const customer = context.store.customers.insert(
    newCustomer({
      address: toAddress(params.address),
      created: context.clock.now(),
      description: params.description ?? null,
      email: params.email ?? null,
      metadata: mergeMetadata({}, params.metadata),
      name: params.name ?? null,
      phone: params.phone ?? null,
      preferred_locales: [...(params.preferred_locales ?? [])],
      tax_exempt: params.tax_exempt ?? "none",
    }),
  );
  context.events.emit("customer.created", customer, context);
  return customer;
}

export function updateCustomer(
  context: Context,
  params: Decoded<typeof customerFields>,
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

/** Deletes a customer. Their subscriptions end first, and their open checkout sessions can no longer be paid. */
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
