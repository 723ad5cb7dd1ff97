import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { endChild, keepChild } from "../../local/children.ts";

export interface StripeProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** Local Stripe without webhook endpoints: what it would deliver is delivered by the benchmark. */
export async function startStripe(): Promise<StripeProcess> {
  const child = keepChild(fork(join(import.meta.dirname, "stripeServer.ts")));
  const [url]: unknown[] = await once(child, "message");
  return {
    url: String(url),
    stop: () => endChild(child),
  };
}
