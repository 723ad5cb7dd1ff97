import http from "node:http";
import https from "node:https";
import { Stripe } from "stripe";
import { Limiter } from "./limiter.ts";

/** One attempt to deliver an event to an endpoint. `status` is the HTTP status, `error` says why there was none. */
export interface Attempt {
  at: string;
  status?: number;
  error?: string;
}

export interface WebhookEndpoint {
  url: string;
  secret: string;
  /** The types of events that are sent there; all of them if absent. */
  enabledEvents?: readonly string[];
}

const MAX_CONCURRENT = 4;
const TIMEOUT_MS = 30_000;
const USER_AGENT = "Stripe/1.0 (+https://docs.stripe.com/webhooks)";

/** Posts signed events to one URL, at most four at a time. */
export class EndpointSender {
  readonly url: string;
  readonly #secret: string;
  readonly #enabledEvents: ReadonlySet<string> | undefined;
  readonly #limiter = new Limiter(MAX_CONCURRENT);
  readonly #client: typeof http | typeof https;
  readonly #agent: http.Agent;
  readonly #abort = new AbortController();

  constructor({ url, secret, enabledEvents }: WebhookEndpoint) {
    this.url = url;
    this.#secret = secret;
    this.#enabledEvents = enabledEvents && new Set(enabledEvents);
    this.#client = new URL(url).protocol === "https:" ? https : http;
    this.#agent = new this.#client.Agent({ keepAlive: true });
  }

  /** Whether the endpoint is registered for events of a type. */
  takes(type: string): boolean {
    return this.#enabledEvents?.has(type) ?? true;
  }

  /** Makes one attempt with a signature of its own; never rejects. */
  async send(body: string): Promise<Attempt> {
    return this.#limiter.run(async () => {
      const at = new Date().toISOString();
      try {
        return { at, status: await this.#post(body) };
      } catch (error) {
        return { at, error: error instanceof Error ? error.message : String(error) };
      }
    });
  }

  close(): void {
    this.#abort.abort();
    this.#agent.destroy();
  }

  async #post(body: string): Promise<number> {
    // Signed with the machine's time and not the test clock's, since the receiver compares it with its own.
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret: this.#secret });
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    return new Promise((resolve, reject) => {
      const request = this.#client.request(
        this.url,
        {
          method: "POST",
          agent: this.#agent,
          signal,
          headers: {
            Accept: "*/*; q=0.5, application/xml",
            "Cache-Control": "no-cache",
            "Content-Length": Buffer.byteLength(body),
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": USER_AGENT,
          },
        },
        (response) => {
          response.once("error", reject);
          response.once("end", () => resolve(response.statusCode ?? 0));
          response.resume();
        },
      );
      request.once("error", reject);
      request.end(body);
    });
  }
}
