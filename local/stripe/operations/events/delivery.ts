import type { Attempt, EndpointSender } from "./endpoint.ts";

/** How often and how fast a delivery is retried: for days at Stripe, for about a minute here. */
export interface RetryPolicy {
  firstDelayMs: number;
  maxDelayMs: number;
  maxAttempts: number;
}

export const retryPolicy: RetryPolicy = { firstDelayMs: 200, maxDelayMs: 5000, maxAttempts: 15 };

export type DeliveryState = "held" | "pending" | "delivered" | "failed" | "dropped";

/** One event on its way to one endpoint, until a 2xx answer or the last attempt. */
export class Delivery {
  readonly eventId: string;
  readonly attempts: Attempt[] = [];
  readonly sender: EndpointSender;
  state: DeliveryState = "held";
  readonly #body: string;
  readonly #hooks: DeliveryHooks;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    event: { id: string; body: string },
    options: { sender: EndpointSender; hooks: DeliveryHooks },
  ) {
    this.eventId = event.id;
    this.#body = event.body;
    this.sender = options.sender;
    this.#hooks = options.hooks;
  }

  /** Makes the first attempt; later ones follow on their own. Resolves when the first is over. */
  async start(): Promise<void> {
    // A reset may have canceled it while a batch is sent one by one.
    if (this.state !== "held") return;
    this.state = "pending";
    await this.#attempt();
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.state = "dropped";
  }

  async #attempt(): Promise<void> {
    const attempt = await this.sender.send(this.#body);
    // It was canceled during the attempt, so the result no longer matters.
    if (this.state !== "pending") return;
    this.attempts.push(attempt);
    if (attempt.status !== undefined && attempt.status >= 200 && attempt.status < 300) {
      this.state = "delivered";
      this.#hooks.delivered(this);
      return;
    }
    const { firstDelayMs, maxDelayMs, maxAttempts } = this.#hooks.retry;
    if (this.attempts.length === 1) this.#hooks.failing(this, attempt);
    if (this.attempts.length >= maxAttempts) {
      this.state = "failed";
      return;
    }
    const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** (this.attempts.length - 1));
    this.#timer = setTimeout(() => void this.#attempt(), delayMs).unref();
  }
}

export interface DeliveryHooks {
  retry: RetryPolicy;
  delivered(delivery: Delivery): void;
  /** Called once, after the first attempt that failed. */
  failing(delivery: Delivery, attempt: Attempt): void;
}
