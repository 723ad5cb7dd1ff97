import { Stripe } from "stripe";
import { LOCAL_STRIPE } from "../../../local/suite.ts";

/** Signs a body as Stripe does, by local Stripe's secret and now unless told otherwise; the header's value. */
export function signWebhook(
  payload: string,
  {
    secret = LOCAL_STRIPE.webhookSecret,
    at = new Date(),
    ageSeconds = 0,
  }: { secret?: string; at?: Date; ageSeconds?: number } = {},
): string {
  const timestamp = toSeconds(at) - ageSeconds;
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
