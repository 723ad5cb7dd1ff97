import { toWebhook } from "../hosting/requests.ts";
import { send, type Answer } from "../hosting/send.ts";
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

/** Posts a body to the suite's webhook, or to another address, with nothing but what is given. */
export async function postWebhook(request: {
  body: string;
  headers: Record<string, string>;
  url?: string;
}): Promise<Answer> {
  const headers = { "content-type": "application/json", ...request.headers };
  return await send(request.url ?? suite.webhookUrl, { headers, body: request.body });
}

/** Delivers one event, rightly signed; the answer's status and outcome. */
export async function deliver(
  event: object,
  { url = suite.webhookUrl } = {},
): Promise<{ status: number; outcome: unknown }> {
  const { status, body } = await send(url, toWebhook(event));
  const answer: { outcome?: unknown } = JSON.parse(body);
  return { status, outcome: answer.outcome };
}
