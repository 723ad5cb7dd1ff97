import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Stripe } from "stripe";

/** One webhook as it arrived, its signature verified by the official SDK. */
export interface Received {
  event: Stripe.Event;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** A webhook endpoint that verifies and remembers what it gets. */
export class Receiver {
  readonly secret = "whsec_receiver";
  readonly received: Received[] = [];
  /** The answers to give next; 200 if there are none left. */
  readonly answers: number[] = [];
  /** How long an answer takes. */
  delayMs = 0;
  /** The largest number of deliveries that were open at the same time. */
  maxConcurrent = 0;
  readonly #server = http.createServer((request, response) => void this.#handle(request, response));
  #open = 0;

  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, "127.0.0.1", resolve);
    });
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("Cannot tell the receiver's port");
    return `http://127.0.0.1:${address.port}/webhook`;
  }

  /** The types of the verified events, in the order of their arrival. */
  types(): string[] {
    return this.received.map(({ event }) => event.type);
  }

  clear(): void {
    this.received.length = 0;
    this.answers.length = 0;
    this.delayMs = 0;
    this.maxConcurrent = 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  async #handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.#open += 1;
    this.maxConcurrent = Math.max(this.maxConcurrent, this.#open);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString("utf8");
    await sleep(this.delayMs);
    const signature = request.headers["stripe-signature"] ?? "";
    const event = Stripe.webhooks.constructEvent(body, String(signature), this.secret);
    this.received.push({ event, headers: request.headers, body });
    this.#open -= 1;
    response.writeHead(this.answers.shift() ?? 200).end();
  }
}
