import { Stripe } from "stripe";
import type { Store } from "../../objects/store/store.ts";
import type { Clock } from "../../platform/clock.ts";
import { newId } from "../../platform/ids.ts";
import { changedAttributes } from "./changes.ts";

/** The event types this server emits, in the order of the list in the README. */
export const emittedEvents = [
  "billing_portal.session.created",
  "charge.dispute.closed",
  "charge.dispute.created",
  "charge.dispute.funds_reinstated",
  "charge.dispute.funds_withdrawn",
  "charge.dispute.updated",
  "charge.failed",
  "charge.pending",
  "charge.refund.updated",
  "charge.refunded",
  "charge.succeeded",
  "checkout.session.async_payment_failed",
  "checkout.session.async_payment_succeeded",
  "checkout.session.completed",
  "checkout.session.expired",
  "coupon.created",
  "credit_note.created",
  "credit_note.updated",
  "credit_note.voided",
  "customer.created",
  "customer.deleted",
  "customer.subscription.created",
  "customer.subscription.deleted",
  "customer.subscription.paused",
  "customer.subscription.resumed",
  "customer.subscription.trial_will_end",
  "customer.subscription.updated",
  "customer.updated",
  "invoice.created",
  "invoice.finalized",
  "invoice.marked_uncollectible",
  "invoice.paid",
  "invoice.payment_failed",
  "invoice.payment_succeeded",
  "invoice.updated",
  "invoice.voided",
  "invoice_payment.paid",
  "invoiceitem.created",
  "invoiceitem.deleted",
  "payment_intent.canceled",
  "payment_intent.created",
  "payment_intent.payment_failed",
  "payment_intent.processing",
  "payment_intent.succeeded",
  "payment_method.attached",
  "price.created",
  "price.deleted",
  "price.updated",
  "product.created",
  "product.deleted",
  "product.updated",
  "promotion_code.created",
  "promotion_code.updated",
  "radar.early_fraud_warning.created",
  "radar.early_fraud_warning.updated",
  "refund.created",
  "refund.failed",
  "refund.updated",
  "subscription_schedule.canceled",
  "subscription_schedule.created",
  "subscription_schedule.released",
  "subscription_schedule.updated",
] as const satisfies readonly Stripe.Event["type"][];

export type EmittedEvent = (typeof emittedEvents)[number];

/** A Stripe object that events are about. */
export interface EventSubject {
  id?: string;
  object: string;
}

/** Records events and hands each to the webhooks. */
export class EventSink {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #countEndpoints: (type: string) => number;
  readonly #deliver: (event: Stripe.EventBase) => void;

  constructor(options: {
    store: Store;
    clock: Clock;
    countEndpoints: (type: string) => number;
    deliver: (event: Stripe.EventBase) => void;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#countEndpoints = options.countEndpoints;
    this.#deliver = options.deliver;
  }

  /** Emits an event about an object as it is now; `previous` makes it an update with `previous_attributes`. */
  emit(
    type: EmittedEvent,
    object: EventSubject,
    cause: { origin: Stripe.Event.Request | null; previous?: EventSubject },
  ): void {
    const event: Stripe.EventBase = {
      id: newId("evt"),
      object: "event",
      api_version: Stripe.API_VERSION,
      created: this.#clock.now(),
      data: {
        object,
        ...(cause.previous && { previous_attributes: changedAttributes(cause.previous, object) }),
      },
      livemode: false,
      pending_webhooks: this.#countEndpoints(type),
      request: cause.origin ?? { id: null, idempotency_key: null },
      type,
    };
    this.#deliver(this.#store.events.insert(event));
  }
}
