import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { CHECKOUT_PATH } from "../objects/checkout/sessions.ts";
import { PORTAL_PATH } from "../objects/portal/portalSessions.ts";
import type { RetryPolicy } from "../operations/events/delivery.ts";
import type { WebhookEndpoint } from "../operations/events/endpoint.ts";
import { ApiError } from "../platform/errors.ts";
import { App } from "./api/app.ts";
import { handleApi } from "./api/handle.ts";
import { handleCheckoutPage } from "./checkoutPage/handle.ts";
import { handleControl } from "./control/handle.ts";
import { handlePortalPage } from "./portalPage/handle.ts";
import { resources } from "./routes/index.ts";
import { BodyTooLarge, sendJson } from "./wire/body.ts";

export interface LocalStripeOptions {
  /** 0 takes a free port. */
  port: number;
  /** The only secret key that is accepted. */
  apiKey: string;
  /** Each gets the events it is registered for, signed with its own secret. */
  webhookEndpoints: readonly WebhookEndpoint[];
  /** The time in milliseconds; the machine's if absent. */
  now?: () => number;
  /** Told about webhooks that fail and about bugs, never about a request's content. */
  log?: (message: string) => void;
  retry?: RetryPolicy;
}

export interface LocalStripe {
  /** Without a slash at the end. */
  url: string;
  port: number;
  /** Ends the server, every open connection and every delivery at once. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";

/**
 * Starts local Stripe: the API under `/v1`, the checkout page under `/c/pay`, the billing
 * portal under `/p/session`, the control API under `/_control`.
 *
 * @throws if the port is taken.
 */
export async function startLocalStripe(options: LocalStripeOptions): Promise<LocalStripe> {
  const { port, now = Date.now, log = () => {}, ...rest } = options;
  const app = new App({ ...rest, now, log, resources });
  const server = http.createServer((request, response) => void handle(app, request, response));
  // Longer than the official SDK keeps idle connections, so that it never uses one that is closing.
  server.keepAliveTimeout = 120_000;
  await listen(server, port);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot start local Stripe: no port");
  const url = `http://${HOST}:${address.port}`;
  app.account.baseUrl = url;
  return {
    url,
    port: address.port,
    async close() {
      app.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: http.Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function handle(app: App, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", app.account.baseUrl);
  try {
    if (url.pathname.startsWith("/_control/")) await handleControl(app, { request, response, url });
    else if (url.pathname.startsWith(CHECKOUT_PATH))
      await handleCheckoutPage(app.account, { request, response, url });
    else if (url.pathname.startsWith(PORTAL_PATH))
      await handlePortalPage(app.account, { request, response, url });
    else await handleApi(app, { request, response, url });
  } catch (error) {
    failRequest(app, { request, response }, error);
  }
}

function failRequest(
  app: App,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  error: unknown,
): void {
  if (error instanceof BodyTooLarge) {
    sendJson(response, 413, { error: { message: error.message } }, { Connection: "close" });
    return;
  }
  if (error instanceof ApiError) {
    sendJson(response, error.status, { error: error.body });
    return;
  }
  // The caller disconnected while sending, so there is nobody to answer.
  if (!request.complete) {
    response.destroy();
    return;
  }
  app.log(`Local Stripe failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  if (response.headersSent) response.destroy();
  else sendJson(response, 500, { error: { message: "Local Stripe failed, see its log" } });
}
