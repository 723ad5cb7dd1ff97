import { setTimeout as sleep } from "node:timers/promises";
import { Stripe } from "stripe";
import { startLocalStripe, type LocalStripe, type LocalStripeOptions } from "../index.ts";
import { Receiver } from "./receiver.ts";

export const API_KEY = "sk_test_kit";

/** A started server, a webhook receiver, and the unmodified official SDK pointed at the server. */
export interface Kit {
  server: LocalStripe;
  receiver: Receiver;
  stripe: Stripe;
  /** What the server logged. */
  logged: string[];
  /** Calls the control API; answers its status and JSON. */
  control(path: string, body?: unknown): Promise<{ status: number; json: unknown }>;
  /** Back to an empty account and an empty receiver. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Starts everything on free ports. */
export async function startKit(options: Partial<LocalStripeOptions> = {}): Promise<Kit> {
  const receiver = new Receiver();
  await receiver.start();
  const logged: string[] = [];
  const server = await startLocalStripe({
    port: 0,
    apiKey: API_KEY,
    webhookEndpoints: [{ url: receiver.url, secret: receiver.secret }],
    log: (message) => logged.push(message),
    ...options,
  });
  const control: Kit["control"] = async (path, body) => {
    const response = await fetch(`${server.url}/_control/${path}`, {
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    return { status: response.status, json: await response.json() };
  };
  return {
    server,
    receiver,
    logged,
    stripe: sdkFor(server),
    control,
    async reset() {
      await control("reset", {});
      receiver.clear();
      logged.length = 0;
    },
    async close() {
      await server.close();
      await receiver.close();
    },
  };
}

/** The official SDK without retries, so that a test sees every answer. */
export function sdkFor(
  server: LocalStripe,
  config: { apiKey?: string; timeout?: number; maxNetworkRetries?: number } = {},
): Stripe {
  const { apiKey = API_KEY, timeout = 5000, maxNetworkRetries = 0 } = config;
  return new Stripe(apiKey, {
    host: "127.0.0.1",
    port: server.port,
    protocol: "http",
    timeout,
    maxNetworkRetries,
    telemetry: false,
  });
}

/** Waits until the condition is true; fails after five seconds. */
export async function untilTrue(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Still not so after five seconds: ${holds.toString()}`);
    await sleep(5);
  }
}

/** The error that a call of the SDK fails with. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Stripe.errors.StripeError) return error;
  throw new Error("Expected a Stripe error", { cause: error });
}
