import { Stripe } from "stripe";
import type { Context } from "../context/context.ts";
import { newId } from "../../platform/ids.ts";
import { emittedEvents, type EmittedEvent } from "./sink.ts";

interface ForeignObject {
  id: string;
  object: string;
  [field: string]: unknown;
}

/** What another integration's events are about, as far as that says whose they are, by how their types begin. */
const objects: readonly (readonly [prefix: string, build: () => ForeignObject])[] = [
  ["checkout.session.", () => build("cs_test", "checkout.session", { payment_intent: newId("pi") })],
  ["customer.subscription.", () => build("sub", "subscription", { customer: newId("cus") })],
  ["invoice.", () => build("in", "invoice", toInvoiceParts())],
  ["refund.", () => build("re", "refund", { payment_intent: newId("pi"), ...usd, status: "succeeded" })],
  [
    "charge.refunded",
    () => build("ch", "charge", { payment_intent: newId("pi"), amount_refunded: 500, ...usd }),
  ],
  [
    "charge.dispute.",
    () =>
      build("dp", "dispute", {
        payment_intent: newId("pi"),
        ...usd,
        status: "lost",
        balance_transactions: [],
      }),
  ],
  ["radar.early_fraud_warning.", () => build("issfr", "radar.early_fraud_warning", toWarningParts())],
  ["credit_note.", () => build("cn", "credit_note", { invoice: newId("in"), ...usd, ...creditNote })],
  ["product.", () => build("prod", "product", { name: "Shirt", active: true })],
  ["price.", () => build("price", "price", { product: newId("prod"), unit_amount: 500, currency: "usd" })],
];

const usd = { amount: 500, currency: "usd" };
const creditNote = { status: "issued", pre_payment_amount: 0, post_payment_amount: 500, refunds: [] };

/** The types of which another integration's events can be made. */
export const foreignEventTypes: readonly EmittedEvent[] = emittedEvents.filter(
  (type) => toBuilder(type) !== undefined,
);

/**
 * Fills the account with the events of another integration, which nobody hears of by webhook and whose objects are not
 * there: only what lists or reads events meets them. The types take turns.
 */
export function addForeignEvents(
  { store, clock }: Context,
  wanted: {
    count: number;
    types: readonly EmittedEvent[];
    apiVersion: string | undefined;
    /** Of their objects, instead of those that they have. */
    fields: object | undefined;
  },
): void {
  const { count, types, apiVersion = Stripe.API_VERSION, fields } = wanted;
  for (let index = 0; index < count; index += 1) {
    const type = types[index % types.length];
    const object = type && toBuilder(type)?.();
    if (!object) throw new Error(`Cannot make a foreign event "${type}"`);
    store.events.insert({
      id: newId("evt"),
      object: "event",
      api_version: apiVersion,
      created: clock.now(),
      data: { object: { ...object, ...fields } },
      livemode: false,
      pending_webhooks: 0,
      request: { id: null, idempotency_key: null },
      type,
    });
  }
}

function toBuilder(type: string): (() => ForeignObject) | undefined {
  return objects.find(([prefix]) => type.startsWith(prefix))?.[1];
}

function build(idPrefix: string, object: string, parts: object): ForeignObject {
  return {
    id: newId(idPrefix),
    object,
    created: 0,
    livemode: false,
    metadata: { shop: "another" },
    ...parts,
  };
}

function toInvoiceParts(): object {
  const details = { subscription: newId("sub"), metadata: { shop: "another" } };
  return {
    parent: { type: "subscription_details", subscription_details: details, quote_details: null },
    status: "paid",
    lines: { object: "list", data: [], has_more: true },
  };
}

function toWarningParts(): object {
  return { payment_intent: newId("pi"), charge: newId("ch"), actionable: true };
}
