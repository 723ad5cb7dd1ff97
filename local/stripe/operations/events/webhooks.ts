import type { Stripe } from "stripe";
import { toShown } from "../../objects/billing/shownLines.ts";
import { Delivery, type DeliveryHooks, type RetryPolicy } from "./delivery.ts";
import { EndpointSender, type WebhookEndpoint } from "./endpoint.ts";

export const webhookModes = ["normal", "pause", "duplicate", "reverse", "drop"] as const;
export type WebhookMode = (typeof webhookModes)[number];

interface Held {
  event: Stripe.EventBase;
  deliveries: readonly Delivery[];
}

interface Options {
  endpoints: readonly WebhookEndpoint[];
  retry: RetryPolicy;
  log: (message: string) => void;
  /** The checkout session an event is about, for modes that are set for one session only. */
  sessionOf: (event: Stripe.EventBase) => string | undefined;
  livemode: boolean;
  /** Is told how many endpoints have not received an event yet. */
  onPending: (eventId: string, pendingWebhooks: number) => void;
}

const EVERYTHING = "*";
/** How long `reverse` collects before it delivers. */
const REVERSE_WINDOW_MS = 150;

/** Delivers events to the endpoints registered for them, in the mode set for the event's session or for everything. */
export class Webhooks {
  readonly #options: Options;
  readonly #senders: readonly EndpointSender[];
  readonly #modes = new Map<string, WebhookMode>();
  readonly #paused = new Map<string, Held[]>();
  readonly #collected = new Map<string, { batch: Held[]; timer: NodeJS.Timeout }>();
  readonly #deliveries = new Map<string, Delivery[]>();
  readonly #hooks: DeliveryHooks;

  constructor(options: Options) {
    this.#options = options;
    this.#senders = options.endpoints.map((endpoint) => new EndpointSender(endpoint));
    this.#hooks = {
      retry: options.retry,
      delivered: ({ eventId }) => options.onPending(eventId, this.#pendingCount(eventId)),
      failing: ({ eventId, sender }, { status, error }) =>
        options.log(
          `Cannot deliver event "${eventId}" to "${sender.url}": ${error ?? `status ${status}`}; trying again`,
        ),
    };
  }

  /** How many endpoints are to get events of a type. */
  countEndpoints(type: string): number {
    return this.#sendersOf(type).length;
  }

  deliver(event: Stripe.EventBase): void {
    const scope = this.#scopeOf(event);
    this.#dispatch([this.#prepare(event)], this.#modeOf(scope), scope);
  }

  /**
   * Sets the mode for everything, or for one session's events; `normal` ends a session's own mode. What `pause` held is
   * delivered in the new mode, what `reverse` has collected so far is delivered newest first.
   */
  setMode(mode: WebhookMode, sessionId?: string): void {
    const scope = sessionId ?? EVERYTHING;
    this.#flush(scope);
    if (mode === "normal") this.#modes.delete(scope);
    else this.#modes.set(scope, mode);
    if (mode === "pause") return;
    const held = this.#paused.get(scope) ?? [];
    this.#paused.delete(scope);
    const next = this.#modes.has(scope) ? scope : EVERYTHING;
    if (mode === "reverse") void this.#sendInOrder(held.toReversed());
    else this.#dispatch(held, this.#modeOf(next), next);
  }

  /** The modes that are set, by session id, "*" for everything. */
  modes(): Readonly<Record<string, WebhookMode>> {
    return { [EVERYTHING]: "normal", ...Object.fromEntries(this.#modes) };
  }

  deliveriesOf(eventId: string): readonly Delivery[] {
    return this.#deliveries.get(eventId) ?? [];
  }

  /** Drops everything that is held or being delivered. */
  reset(): void {
    for (const { timer } of this.#collected.values()) clearTimeout(timer);
    for (const deliveries of this.#deliveries.values()) deliveries.forEach((delivery) => delivery.cancel());
    for (const state of [this.#modes, this.#paused, this.#collected, this.#deliveries]) state.clear();
  }

  close(): void {
    this.reset();
    this.#senders.forEach((sender) => sender.close());
  }

  #scopeOf(event: Stripe.EventBase): string {
    const sessionId = this.#options.sessionOf(event);
    return sessionId !== undefined && this.#modes.has(sessionId) ? sessionId : EVERYTHING;
  }

  #modeOf(scope: string): WebhookMode {
    return this.#modes.get(scope) ?? "normal";
  }

  #prepare(event: Stripe.EventBase): Held {
    const body = JSON.stringify(event, toShown(this.#options.livemode), 2);
    const deliveries = this.#sendersOf(event.type).map(
      (sender) => new Delivery({ id: event.id, body }, { sender, hooks: this.#hooks }),
    );
    this.#deliveries.set(event.id, [...this.deliveriesOf(event.id), ...deliveries]);
    return { event, deliveries };
  }

  #dispatch(batch: readonly Held[], mode: WebhookMode, scope: string): void {
    switch (mode) {
      case "pause":
        this.#paused.set(scope, [...(this.#paused.get(scope) ?? []), ...batch]);
        return;
      case "drop":
        batch.forEach(({ deliveries }) => deliveries.forEach((delivery) => delivery.cancel()));
        return;
      case "reverse":
        this.#collect(scope, batch);
        return;
      case "duplicate":
        batch.forEach((held) => [held, this.#prepare(held.event)].forEach(start));
        return;
      case "normal":
        batch.forEach(start);
    }
  }

  #collect(scope: string, batch: readonly Held[]): void {
    const collected = this.#collected.get(scope) ?? {
      batch: [],
      timer: setTimeout(() => this.#flush(scope), REVERSE_WINDOW_MS).unref(),
    };
    collected.batch.push(...batch);
    this.#collected.set(scope, collected);
  }

  #flush(scope: string): void {
    const collected = this.#collected.get(scope);
    if (collected === undefined) return;
    clearTimeout(collected.timer);
    this.#collected.delete(scope);
    void this.#sendInOrder(collected.batch.toReversed());
  }

  async #sendInOrder(batch: readonly Held[]): Promise<void> {
    for (const { deliveries } of batch) await Promise.all(deliveries.map((delivery) => delivery.start()));
  }

  #sendersOf(type: string): EndpointSender[] {
    return this.#senders.filter((sender) => sender.takes(type));
  }

  #pendingCount(eventId: string): number {
    const deliveries = this.deliveriesOf(eventId);
    const delivered = deliveries.filter(({ state }) => state === "delivered");
    return countSenders(deliveries) - countSenders(delivered);
  }
}

function countSenders(deliveries: readonly Delivery[]): number {
  return new Set(deliveries.map(({ sender }) => sender)).size;
}

function start({ deliveries }: Held): void {
  deliveries.forEach((delivery) => void delivery.start());
}
