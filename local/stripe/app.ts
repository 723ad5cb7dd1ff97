import type { Stripe } from "stripe";
import { ExpiryQueue, expireSession } from "./checkout/expire.ts";
import { Clock } from "./clock.ts";
import type { Context } from "./context.ts";
import type { WebhookEndpoint } from "./events/endpoint.ts";
import { RETRY_POLICY } from "./events/delivery.ts";
import type { RetryPolicy } from "./events/delivery.ts";
import { EventSink } from "./events/sink.ts";
import { sessionOf } from "./events/sessionOf.ts";
import { Webhooks } from "./events/webhooks.ts";
import { ROUTES } from "./routes.ts";
import { Faults } from "./server/faults.ts";
import { IdempotencyKeys } from "./server/idempotency.ts";
import { RequestLog } from "./server/requestLog.ts";
import { Router } from "./server/router.ts";
import { createStore } from "./store/store.ts";
import type { Store } from "./store/store.ts";

export interface AppOptions {
  readonly apiKey: string;
  readonly webhookEndpoints: readonly WebhookEndpoint[];
  readonly now: () => number;
  readonly log: (message: string) => void;
  readonly retry?: RetryPolicy;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/** One stand-in account and everything that happens in it. */
export class App {
  readonly apiKey: string;
  readonly log: (message: string) => void;
  readonly clock: Clock;
  readonly router = new Router(ROUTES);
  readonly faults = new Faults();
  readonly idempotency = new IdempotencyKeys();
  readonly requests = new RequestLog();
  readonly webhooks: Webhooks;
  store: Store = createStore();
  /** Set once the server listens. */
  baseUrl = "";
  readonly #expiries = new ExpiryQueue();
  readonly #endpointCount: number;
  #expiryTimer: NodeJS.Timeout | undefined;

  constructor(options: AppOptions) {
    this.apiKey = options.apiKey;
    this.log = options.log;
    this.clock = new Clock(options.now);
    this.#endpointCount = options.webhookEndpoints.length;
    this.webhooks = new Webhooks({
      endpoints: options.webhookEndpoints,
      retry: options.retry ?? RETRY_POLICY,
      log: options.log,
      sessionOf: (event) => sessionOf(this.store, event),
      onPending: (eventId, pendingWebhooks) => {
        const event = this.store.events.read(eventId);
        if (event !== undefined) this.store.events.replace({ ...event, pending_webhooks: pendingWebhooks });
      },
    });
  }

  /** What a handler works with; `origin` is null for what does not come from an API request. */
  context(origin: Stripe.Event.Request | null): Context {
    return {
      store: this.store,
      clock: this.clock,
      expiries: this.#expiries,
      baseUrl: this.baseUrl,
      origin,
      events: new EventSink({
        store: this.store,
        clock: this.clock,
        endpointCount: this.#endpointCount,
        deliver: (event) => this.webhooks.deliver(event),
      }),
    };
  }

  /** Expires every session that is due by the clock. */
  expireDue(): void {
    for (const id of this.#expiries.take(this.clock.now())) {
      const session = this.store.sessions.read(id);
      if (session?.status === "open") expireSession(this.context(null), session);
    }
  }

  /** Makes sure that sessions expire on time even when nobody asks. */
  armExpiry(): void {
    clearTimeout(this.#expiryTimer);
    const next = this.#expiries.next();
    if (next === undefined) return;
    const delayMs = Math.min(MAX_TIMER_MS, Math.max(0, next * 1000 - this.clock.nowMs()));
    this.#expiryTimer = setTimeout(() => {
      this.expireDue();
      this.armExpiry();
    }, delayMs).unref();
  }

  /** Back to an empty account at the machine's time. */
  reset(): void {
    this.store = createStore();
    this.#expiries.clear();
    clearTimeout(this.#expiryTimer);
    this.webhooks.reset();
    for (const state of [this.faults, this.idempotency, this.requests]) state.clear();
    this.clock.reset();
  }

  close(): void {
    clearTimeout(this.#expiryTimer);
    this.webhooks.close();
  }
}
