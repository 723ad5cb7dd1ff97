import { Stripe } from "stripe";
import { stripe, suite, toId } from "./harness.ts";

/** A `checkout.session.completed` as Stripe lists it, to be delivered by a test. */
export type CompletedEvent = Awaited<ReturnType<typeof completedEvent>>;

export async function completedEvent(sessionId: string) {
  const { data } = await stripe.events.list({ type: "checkout.session.completed", limit: 100 });
  for (const event of data) {
    if (event.type === "checkout.session.completed" && event.data.object.id === sessionId) return event;
  }
  throw new Error(`No completed event of session "${sessionId}"`);
}

/** The id of the payment that an event tells of. */
export function toPaymentId({ data }: CompletedEvent): string {
  return `stripe_${toId(data.object.payment_intent)}`;
}

/** The event with an order that may have been changed at Stripe, so that our session is asked what was bought. */
export function withUnsureOrder(event: CompletedEvent): CompletedEvent {
  const { object } = event.data;
  const metadata = { ...object.metadata, orderHash: "another" };
  return { ...event, data: { ...event.data, object: { ...object, metadata } } };
}

/** Signs a body as Stripe does. */
export function sign(
  payload: string,
  { secret = suite.webhookSecret, ageSeconds = 0 }: { secret?: string; ageSeconds?: number } = {},
): string {
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

export async function postWebhook(request: {
  body: string;
  headers: Record<string, string>;
  url?: string;
}): Promise<Response> {
  const headers = { "content-type": "application/json", ...request.headers };
  return await fetch(request.url ?? suite.webhookUrl, { method: "POST", headers, body: request.body });
}

/** Delivers one event, rightly signed; the answer's status and outcome. */
export async function deliver(
  event: object,
  { url = suite.webhookUrl } = {},
): Promise<{ status: number; outcome: unknown }> {
  const body = JSON.stringify(event);
  const response = await postWebhook({ body, url, headers: { "stripe-signature": sign(body) } });
  const answer: { outcome?: unknown } = await response.json();
  return { status: response.status, outcome: answer.outcome };
}
