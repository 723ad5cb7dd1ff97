import http from "node:http";
import { buffer } from "node:stream/consumers";
import { once } from "node:events";
import { HOST } from "../../../local/ports.ts";
import { noCounts, type Call, type ErrorName, type Gate } from "./gate.ts";

/** A way to Stripe that notes what passes, and lets go wrong what the gate says. */
export interface StripeProxy {
  /** Without a slash at the end. */
  readonly url: string;
  close(): void;
}

/** Hands every request and its answer on as they are. */
export async function startStripeProxy(stripeUrl: string, gate: Gate): Promise<StripeProxy> {
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    forward({ request, response, gate, agent, stripeUrl }).catch(() => response.destroy());
  });
  server.listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot tell the proxy's port");
  return {
    url: `http://${HOST}:${address.port}`,
    close() {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}

interface Exchange {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly gate: Gate;
  readonly agent: http.Agent;
  readonly stripeUrl: string;
}

async function forward(exchange: Exchange): Promise<void> {
  const { request, response, gate } = exchange;
  const body = await buffer(request);
  const path = new URL(request.url ?? "/", exchange.stripeUrl).pathname;
  const call: Call = {
    server: "stripe",
    name: `${request.method} ${path}`,
    counts: noCounts(),
    queries: [],
    written: [],
  };
  gate.enter(call);
  const before = await gate.before(call);
  if (before) {
    refuse(response, before);
    return;
  }
  const answer = await send(exchange, body);
  const answerBody = await buffer(answer);
  const after = await gate.after(call);
  if (after) refuse(response, after);
  else response.writeHead(answer.statusCode ?? 500, answer.rawHeaders).end(answerBody);
}

async function send({ request, agent, stripeUrl }: Exchange, body: Buffer): Promise<http.IncomingMessage> {
  const { method, headers } = request;
  return await new Promise((resolve, reject) => {
    const forwarded = http.request(
      new URL(request.url ?? "/", stripeUrl),
      { method, headers, agent },
      resolve,
    );
    forwarded.once("error", reject);
    forwarded.end(body);
  });
}

/** As Stripe fails: it says itself whether to try again, see https://docs.stripe.com/error-low-level */
function refuse(response: http.ServerResponse, error: ErrorName): void {
  if (error === "DEADLINE_EXCEEDED") {
    response.destroy();
    return;
  }
  const retry = String(error === "UNAVAILABLE");
  const body = JSON.stringify({ error: { type: "api_error", message: `${error}: injected` } });
  response
    .writeHead(error === "UNAVAILABLE" ? 503 : 500, {
      "Content-Type": "application/json",
      "Stripe-Should-Retry": retry,
    })
    .end(body);
}
