import type { Stripe } from "stripe";
import { subscriptionsOf } from "../../objects/billing/subscriptions.ts";
import { newCustomer } from "../../objects/customers/customers.ts";
import { idOf } from "../../objects/store/store.ts";
import { addressParam, toAddress } from "../../platform/address.ts";
import { invalidRequest, missingObject } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { email, emptyable, list, object, oneOf, string, type Decoded } from "../../platform/params.ts";
import { cancelSubscription } from "../billing/cancel.ts";
import { dropPending } from "../billing/pending.ts";
import type { Context } from "../context/context.ts";
import { attachMethod } from "../payments/keepCard.ts";
import { takeForCustomer } from "../payments/takeMethod.ts";

export const customerFields = {
  email: emptyable(email),
  name: emptyable(string(256)),
  phone: emptyable(string(20)),
  description: emptyable(string()),
  address: emptyable(addressParam),
  metadata,
  preferred_locales: list(string()),
  tax_exempt: emptyable(oneOf("none", "exempt", "reverse")),
  invoice_settings: object({ default_payment_method: string() }),
};

export const createCustomerFields = { ...customerFields, payment_method: string() };

/**
 * Creates a customer: `customer.created`, and `payment_method.attached` if they have one.
 *
 * @throws ApiError 402 if the bank of their card refuses it.
 */
export function createCustomer(
  context: Context,
  params: Decoded<typeof createCustomerFields>,
): Stripe.Customer {
  const { payment_method: given, invoice_settings: settings } = params;
  const wanted = settings?.default_payment_method;
  if (wanted !== undefined && wanted !== given) throw notTheirs(wanted);
  const method = given === undefined ? undefined : takeForCustomer(context, given);
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
      default_payment_method: wanted === undefined ? null : (method?.id ?? null),
    }),
  );
  context.events.emit("customer.created", customer, context);
  if (method !== undefined) attachMethod(context, method.id, customer.id);
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
    invoice_settings: settings,
    ...plain
  } = params;
  const method = settings?.default_payment_method;
  const isTheirs = idOf(context.store.paymentMethods.read(method ?? "")?.customer) === id;
  if (method !== undefined && !isTheirs) throw notTheirs(method);
  const changed = {
    ...before,
    ...plain,
    ...(address !== undefined && { address: toAddress(address) }),
    ...(locales !== undefined && { preferred_locales: [...locales] }),
    ...(exempt !== undefined && { tax_exempt: exempt ?? "none" }),
    ...(method !== undefined && {
      invoice_settings: { ...before.invoice_settings, default_payment_method: method },
    }),
    metadata: mergeMetadata(before.metadata, metadataChange === undefined ? {} : metadataChange),
  };
  if (JSON.stringify(changed) === JSON.stringify(before)) return before;
  const customer = context.store.customers.replace(changed);
  context.events.emit("customer.updated", customer, { origin: context.origin, previous: before });
  return customer;
}

function notTheirs(id: string): Error {
  return invalidRequest(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: "resource_missing", param: "invoice_settings[default_payment_method]" },
  );
}

/** Deletes a customer. Their subscriptions end first, and their open checkout sessions can no longer be paid. */
export function deleteCustomer(context: Context, _params: object, id: string): Stripe.DeletedCustomer {
  const { store, events } = context;
  const customer = store.customers.read(id);
  if (customer === undefined) throw missingObject("customer", id);
  for (const subscription of subscriptionsOf(context, id)) {
    cancelSubscription(context, subscription, { reason: "cancellation_requested" });
  }
  dropPending(context, id);
  store.customers.remove(id);
  const deleted: Stripe.DeletedCustomer = { id, object: "customer", deleted: true };
  store.deletedCustomers.set(id, deleted);
  events.emit("customer.deleted", customer, context);
  return deleted;
}
