import type { Stripe } from "stripe";

/** Stripe's test cards. Source: https://docs.stripe.com/testing */
export const CARDS = {
  good: "4242424242424242",
  declined: "4000000000009995",
  /** It can be kept, and every charge to it fails. */
  failing: "4000000000000341",
} as const;

/** How a buyer pays: with the good card unless told otherwise. */
export interface PayBy {
  readonly card?: string;
  readonly method?: "card" | "bank_debit";
  readonly email?: string;
  readonly name?: string;
}

export interface FaultWanted {
  /** A method and a path, such as "POST /v1/customers/:id". */
  readonly route: string;
  readonly fault: "error" | "timeout" | "reset" | "delay";
  readonly times?: number;
  readonly when?: "before" | "after";
  readonly status?: 401 | 403 | 409 | 429 | 500 | 502 | 503 | 504;
  /** What `Retry-After` says in answers with status 429. */
  readonly retryAfterSeconds?: number;
  /** Only calls with a parameter value that contains this text. */
  readonly match?: string;
  readonly delayMs?: number;
}

/** Whether a bank debit that is processing ends with the money or without it. */
export type DebitOutcome = "succeeded" | "failed";
export type DisputeOutcome = "won" | "lost" | "warning_closed";
export type WebhookMode = "normal" | "pause" | "duplicate" | "reverse" | "drop";

/** How far an event is on its way to one endpoint. */
export interface EventDelivery {
  readonly state: "held" | "pending" | "delivered" | "failed" | "dropped";
  readonly statuses: readonly (number | null)[];
}

/** An event as it is delivered. */
export interface ProviderEvent {
  readonly id: string;
  readonly type: string;
  /** In seconds. */
  readonly created: number;
  readonly data: { readonly object: { readonly id?: string; readonly product?: unknown } };
}

/** An event with the checkout session that it belongs to, and its deliveries. */
export interface LoggedEvent extends ProviderEvent {
  readonly sessionId: string | null;
  readonly deliveries: readonly EventDelivery[];
}

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly idempotencyKey: string | null;
}

/** What local Stripe answers if it cannot do what it was asked for: 402 for a declined card, 409 for a wrong state. */
export class ControlRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Method = "GET" | "POST" | "DELETE";

/**
 * The control API of one local Stripe: what buyers, banks and a merchant in the dashboard do, how webhooks are delivered,
 * what goes wrong, and what time it is. Every method throws a `ControlRefusal` if the server refuses.
 */
export class ControlClient {
  readonly #url: string;

  /** `stripeUrl` is local Stripe's own, without a slash at the end. */
  constructor(stripeUrl: string) {
    this.#url = `${stripeUrl}/_control`;
  }

  async pay(sessionId: string, by: PayBy = {}): Promise<Stripe.Checkout.Session> {
    return await this.#post(`checkout/${sessionId}/pay`, by);
  }

  async expire(sessionId: string): Promise<Stripe.Checkout.Session> {
    return await this.#post(`checkout/${sessionId}/expire`);
  }

  /** Ends a bank debit that is processing. */
  async settle(paymentIntentId: string, outcome: DebitOutcome): Promise<Stripe.PaymentIntent> {
    return await this.#post(`payment_intents/${paymentIntentId}/settle`, { outcome });
  }

  /** The buyer of an open session takes a cross-sell or an upsell that the merchant's dashboard offers. */
  async takeAddOn(
    sessionId: string,
    wanted: { price: string; quantity?: number; kind: "cross_sell" } | { price: string; kind: "upsell" },
  ): Promise<Stripe.Checkout.Session> {
    return await this.#post(`checkout/${sessionId}/add_on`, wanted);
  }

  /** Shows an open session in the currency of its buyer, whom Stripe locates; its prices have options for it. */
  async selectCurrency(sessionId: string, currency: string): Promise<Stripe.Checkout.Session> {
    return await this.#post(`checkout/${sessionId}/currency`, { currency });
  }

  /** Refunds as one does in the dashboard; all that is left unless there is an amount in minor units. */
  async refund(paymentIntentId: string, wanted: { amount?: number } = {}): Promise<Stripe.Refund> {
    return await this.#post(`payment_intents/${paymentIntentId}/refund`, wanted);
  }

  async succeedRefund(refundId: string): Promise<Stripe.Refund> {
    return await this.#post(`refunds/${refundId}/succeed`);
  }

  /** The bank returns the money of a refund, pending or succeeded. */
  async failRefund(refundId: string): Promise<Stripe.Refund> {
    return await this.#post(`refunds/${refundId}/fail`);
  }

  /** Opens a chargeback or an inquiry; over all that was not refunded unless there is an amount in minor units. */
  async dispute(
    paymentIntentId: string,
    wanted: {
      amount?: number;
      /** Of the dispute, if the bank counts in another one than the charge. */
      currency?: string;
      /** What is withdrawn, in minor units of the charge's currency. */
      withdrawn?: number;
      reason?: string;
      inquiry?: boolean;
      prevented?: boolean;
    } = {},
  ): Promise<Stripe.Dispute> {
    return await this.#post(`payment_intents/${paymentIntentId}/dispute`, wanted);
  }

  /** Makes a chargeback of an inquiry. */
  async escalateDispute(disputeId: string): Promise<Stripe.Dispute> {
    return await this.#post(`disputes/${disputeId}/escalate`);
  }

  async closeDispute(disputeId: string, outcome: DisputeOutcome): Promise<Stripe.Dispute> {
    return await this.#post(`disputes/${disputeId}/close`, { outcome });
  }

  /** Makes an early fraud warning about a card payment. */
  async warnOfFraud(paymentIntentId: string): Promise<Stripe.Radar.EarlyFraudWarning> {
    return await this.#post(`payment_intents/${paymentIntentId}/fraud_warning`);
  }

  /** Gives a recurring subscription another card. */
  async setCard(subscriptionId: string, card: string): Promise<Stripe.Subscription> {
    return await this.#post(`subscriptions/${subscriptionId}/payment_method`, { card });
  }

  /** Sets what becomes of a subscription whose invoice could not be collected in the end. */
  async setBillingSettings(settings: { whenRetriesEnd: "canceled" | "unpaid" | "past_due" }): Promise<void> {
    await this.#post("billing_settings", settings);
  }

  /** Deletes a price that was never sold, as one does in the dashboard. */
  async deletePrice(priceId: string): Promise<void> {
    await this.#post(`prices/${priceId}/delete`);
  }

  /** The modes that are set, by session, and "*" for the general one. */
  async readWebhookModes(): Promise<Readonly<Record<string, WebhookMode>>> {
    const { modes }: { modes: Record<string, WebhookMode> } = await this.#ask("GET", "webhooks");
    return modes;
  }

  /** Sets how webhooks are delivered: those of one session only if there is one. */
  async setWebhookMode(mode: WebhookMode, only: { sessionId?: string } = {}): Promise<void> {
    await this.#post("webhooks", { mode, ...only });
  }

  /** Events of another integration on the account: of one type, or of all of them in turns. */
  async addForeignEvents(wanted: {
    count: number;
    type?: string;
    apiVersion?: string;
    object?: object;
  }): Promise<void> {
    await this.#post("foreign_events", wanted);
  }

  async addFault(wanted: FaultWanted): Promise<void> {
    await this.#post("faults", wanted);
  }

  /** The faults that have not happened yet. */
  async readFaults(): Promise<readonly FaultWanted[]> {
    const { faults }: { faults: FaultWanted[] } = await this.#ask("GET", "faults");
    return faults;
  }

  async clearFaults(): Promise<void> {
    await this.#ask("DELETE", "faults");
  }

  /** The time by the server's clock, in seconds. */
  async readNowSeconds(): Promise<number> {
    const { now }: { now: number } = await this.#ask("GET", "clock");
    return now;
  }

  /** Lets time pass; what falls due on the way happens at its own time. */
  async passSeconds(advanceSeconds: number): Promise<void> {
    await this.#post("clock", { advanceSeconds });
  }

  /** The same, up to a time in seconds. */
  async passUntil(nowSeconds: number): Promise<void> {
    await this.#post("clock", { now: nowSeconds });
  }

  /** Back to an empty account at the machine's time. */
  async reset(): Promise<void> {
    await this.#post("reset");
  }

  /** Every event, oldest first: those after another one, of a type, of a session, if wanted. */
  async readEvents(
    query: { after?: string; type?: string; sessionId?: string } = {},
  ): Promise<readonly LoggedEvent[]> {
    const path = `events?${new URLSearchParams(query).toString()}`;
    const { events }: { events: LoggedEvent[] } = await this.#ask("GET", path);
    return events;
  }

  /** The latest requests to the API, oldest first. */
  async readRequests(): Promise<readonly LoggedRequest[]> {
    const { requests }: { requests: LoggedRequest[] } = await this.#ask("GET", "requests");
    return requests;
  }

  async #post<T>(path: string, body: object = {}): Promise<T> {
    return await this.#ask("POST", path, body);
  }

  async #ask<T>(method: Method, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.#url}/${path}`, {
      method,
      ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      const refusal = `Local Stripe answers ${response.status} to "${method} ${path}"`;
      throw new ControlRefusal(response.status, `${refusal}: ${await response.text()}`);
    }
    const answer: T = await response.json();
    return answer;
  }
}
