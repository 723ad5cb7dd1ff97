import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { Notices } from "./notices.ts";
import type { Item } from "./objects.ts";
import { Orders, Refusal } from "./orders.ts";

const money = z.object({
  value: z.string().regex(/^\d+(\.\d+)?$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
});
const orderBody = z.strictObject({
  sku: z.string(),
  offer: z.string(),
  count: z.int().min(1),
  note: z.string().max(1_000),
  return_to: z.url(),
  cancel_to: z.url(),
});
const returnBody = z.strictObject({ amount: money.optional(), reference: z.string().nullable() });

/** What can happen to a call: nobody answers, too many ask, or the work is done and its answer is lost. */
export type OrchardFault = "silence" | "busy" | "lost";

interface Call {
  path: string[];
  query: URLSearchParams;
  body: unknown;
}

/** Orchard itself: an HTTP API, and what payers and merchants do there. */
export class OrchardServer {
  readonly apiKey = "grove_test_7c1d";
  readonly items = new Map<string, Item>();
  readonly orders: Orders;
  readonly notices: Notices;
  /** The routes of the calls that were answered. */
  readonly calls: string[] = [];
  readonly #faults: { route: string; fault: OrchardFault }[] = [];
  readonly #answers = new Map<string, { call: string; answer: object }>();
  readonly #server: Server;

  constructor(now: () => Date) {
    this.notices = new Notices(now);
    this.orders = new Orders(now, (orderId) => this.notices.write("ORDER", orderId));
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== "object" || address === null) throw new Error("Orchard is not running");
    return `http://127.0.0.1:${address.port}`;
  }

  /** The merchant adds an item to the catalogue, or changes one. */
  saveItem(item: Item): void {
    this.items.set(item.sku, item);
    this.notices.write("ITEM", item.sku);
  }

  /** Lets the next call of a route go wrong: "POST /orders", or "POST /orders/capture" for one of an order. */
  breakNext(route: string, fault: OrchardFault): void {
    this.#faults.push({ route, fault });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url ?? "/", this.url);
    const path = pathname.split("/").slice(1);
    const route = `${request.method} /${path.filter((_, index) => index % 2 === 0).join("/")}`;
    const fault = this.#takeFault(route);
    if (fault === "silence") return void request.socket.destroy();
    const raw = await text(request);
    const call = { path, query, body: raw === "" ? undefined : JSON.parse(raw) };
    const answer = fault === "busy" ? refuse(new Refusal(429, "BUSY")) : this.#answer(route, call, request);
    if (fault === "lost") return void request.socket.destroy();
    this.calls.push(route);
    response
      .writeHead(answer.status, { "content-type": "application/json" })
      .end(JSON.stringify(answer.body));
  }

  #answer(route: string, call: Call, { headers }: IncomingMessage): { status: number; body: object } {
    try {
      if (headers["x-orchard-key"] !== this.apiKey) throw new Refusal(401, "KEY_REFUSED");
      return { status: 200, body: this.#once(route, call, headers["request-ref"]) };
    } catch (error) {
      if (error instanceof z.ZodError) return refuse(new Refusal(422, "BODY_INVALID"));
      if (error instanceof Refusal) return refuse(error);
      throw error;
    }
  }

  /** The same reference gets the same answer; refusals are not remembered. */
  #once(route: string, call: Call, reference: string | string[] | undefined): object {
    if (typeof reference !== "string") return this.#route(route, call);
    const made = JSON.stringify([call.path, call.body]);
    const known = this.#answers.get(reference);
    if (known && known.call !== made) throw new Refusal(409, "REFERENCE_REUSED");
    const answer = known?.answer ?? this.#route(route, call);
    this.#answers.set(reference, { call: made, answer });
    return answer;
  }

  #route(route: string, { path: [, id = ""], query, body }: Call): object {
    switch (route) {
      case "GET /catalogue":
        return this.#requireItem(id);
      case "POST /orders": {
        const wanted = orderBody.parse(body);
        return this.orders.create({
          ...wanted,
          item: this.#requireItem(wanted.sku),
          page: `${this.url}/pay`,
        });
      }
      case "GET /orders":
        return this.orders.require(id);
      case "POST /orders/capture":
        return this.orders.capture(id);
      case "POST /orders/void":
        return this.orders.lapse(id);
      case "GET /payments":
        return { order: this.orders.requireByPayment(id).id };
      case "POST /payments/returns": {
        const { amount, reference } = returnBody.parse(body);
        return this.orders.giveBack(id, { amount, reference });
      }
      case "GET /journal":
        return this.notices.list({ from: query.get("from") ?? "", page: Number(query.get("page")) });
      case "GET /keys":
        return { public_key: this.notices.readPublicKey(id) };
      default:
        throw new Refusal(404, "ROUTE_UNKNOWN");
    }
  }

  #requireItem(sku: string): Item {
    const item = this.items.get(sku);
    if (!item) throw new Refusal(404, "ITEM_UNKNOWN");
    return item;
  }

  #takeFault(route: string): OrchardFault | undefined {
    const index = this.#faults.findIndex((fault) => fault.route === route);
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
  }
}

/** The message is for people, and quotes what it is about. */
function refuse({ status, fault }: Refusal): { status: number; body: object } {
  return {
    status,
    body: { fault, message: `Dear merchant, we could not do that (${fault}). Call +1 555 0100.` },
  };
}
