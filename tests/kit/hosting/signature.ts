import { Stripe } from "stripe";
import { LOCAL_STRIPE } from "../../../local/suite.ts";
import { toSeconds } from "../stripeBuilders.ts";

/** Signs a body as Stripe does, now and with local Stripe's secret unless told otherwise. Returns the header's value. */
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
