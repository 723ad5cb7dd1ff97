import type { Stripe } from "stripe";
import { createStore, type Store } from "../../objects/store/store.ts";
import { Clock } from "../../platform/clock.ts";
import type { Context } from "../context/context.ts";
import { DueQueue } from "../context/dueQueue.ts";
import { retryPolicy, type RetryPolicy } from "../events/delivery.ts";
import type { WebhookEndpoint } from "../events/endpoint.ts";
import { sessionOf } from "../events/sessionOf.ts";
import { EventSink } from "../events/sink.ts";
import { Webhooks } from "../events/webhooks.ts";
import { runTask } from "./runTask.ts";

export interface AccountOptions {
  webhookEndpoints: readonly WebhookEndpoint[];
  /** The time in milliseconds. */
  now: () => number;
  log: (message: string) => void;
  retry?: RetryPolicy | undefined;
  /** Whether its key is a live one. */
  livemode: boolean;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/** One stand-in account and everything that happens in it. */
export class Account {
  readonly clock: Clock;
  readonly webhooks: Webhooks;
  store: Store = createStore();
  /** Set once the server listens. */
  baseUrl = "";
  readonly livemode: boolean;
  readonly #due = new DueQueue();
  #dueTimer: NodeJS.Timeout | undefined;

  constructor({ webhookEndpoints, now, log, livemode, retry = retryPolicy }: AccountOptions) {
    this.livemode = livemode;
    this.clock = new Clock(now);
    this.webhooks = new Webhooks({
      endpoints: webhookEndpoints,
      retry,
      log,
      livemode,
      sessionOf: (event) => sessionOf(this.store, event),
      onPending: (eventId, pendingWebhooks) => {
        const event = this.store.events.read(eventId);
        if (event !== undefined) this.store.events.replace({ ...event, pending_webhooks: pendingWebhooks });
      },
    });
  }

  /** What an operation works with; `origin` is null unless an API request causes it. */
  context(origin: Stripe.Event.Request | null): Context {
    return {
      store: this.store,
      clock: this.clock,
      due: this.#due,
      baseUrl: this.baseUrl,
      livemode: this.livemode,
      origin,
      events: new EventSink({
        store: this.store,
        clock: this.clock,
        countEndpoints: (type) => this.webhooks.countEndpoints(type),
        deliver: (event) => this.webhooks.deliver(event),
      }),
    };
  }

  /** Does everything that is due by the clock. */
  runDue(): void {
    for (
      let task = this.#due.take(this.clock.now());
      task !== undefined;
      task = this.#due.take(this.clock.now())
    ) {
      runTask(this.context(null), task);
    }
  }

  /** Moves the clock forward and stops whenever something is due. */
  advanceClock(ms: number): void {
    const target = this.clock.nowMs() + ms;
    for (let next = this.#due.next(); next !== undefined && next * 1000 <= target; next = this.#due.next()) {
      this.clock.advance(Math.max(0, next * 1000 - this.clock.nowMs()));
      this.runDue();
    }
    this.clock.advance(Math.max(0, target - this.clock.nowMs()));
  }

  /** Makes sure that what is due happens on time even if no request comes. */
  armDue(): void {
    clearTimeout(this.#dueTimer);
    const next = this.#due.next();
    if (next === undefined) return;
    const delayMs = Math.min(MAX_TIMER_MS, Math.max(0, next * 1000 - this.clock.nowMs()));
    this.#dueTimer = setTimeout(() => {
      this.runDue();
      this.armDue();
    }, delayMs).unref();
  }

  /** Back to an empty account at the machine's time. */
  reset(): void {
    this.store = createStore();
    this.#due.clear();
    clearTimeout(this.#dueTimer);
    this.webhooks.reset();
    this.clock.reset();
  }

  close(): void {
    clearTimeout(this.#dueTimer);
    this.webhooks.close();
  }
}
