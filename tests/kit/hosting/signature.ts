import { Stripe } from "stripe";
import { LOCAL_STRIPE } from "../../../local/suite.ts";

/** Signs a body as Stripe does, by the secret that local Stripe signs with unless told otherwise; the header's value. */
export function signWebhook(
  payload: string,
  { secret = LOCAL_STRIPE.webhookSecret, ageSeconds = 0 }: { secret?: string; ageSeconds?: number } = {},
): string {
  const timestamp = toNowSeconds() - ageSeconds;
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

export function toNowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
