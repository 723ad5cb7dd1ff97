import { Stripe } from "stripe";
import { StripeAdapter } from "../../functions/src/adapters/stripe/adapter.ts";

/** Where a local Stripe is, and what it accepts. */
export interface StripeAccount {
  readonly url: string;
  readonly apiKey: string;
}

/** The merchant's own use of Stripe's API. What fails is not tried again unless told otherwise. */
export function connectStripe({ url, apiKey }: StripeAccount, { maxNetworkRetries = 0 } = {}): Stripe {
  const { hostname: host, port } = new URL(url);
  return new Stripe(apiKey, { protocol: "http", host, port, maxNetworkRetries, telemetry: false });
}

/** Our adapter of one project over an account. */
export function buildStripeAdapter(
  account: StripeAccount & { readonly webhookSecret: string; readonly projectId: string },
): StripeAdapter {
  const { url, apiKey, webhookSecret, projectId } = account;
  const webhookSecrets = [webhookSecret];
  return new StripeAdapter({ secretKey: apiKey, webhookSecrets, projectId, baseUrl: new URL(url) });
}
