import type { Stripe } from "stripe";
import { expect } from "vitest";
import { toWebhook } from "../hosting/requests.ts";
import { send, type Answer } from "../hosting/send.ts";
import { eventually } from "../eventually.ts";
import { stripe, suite, toId } from "./harness.ts";

/** A `checkout.session.completed` as Stripe lists it, to be delivered by a test. */
export type CompletedEvent = Awaited<ReturnType<typeof completedEvent>>;

export async function completedEvent(sessionId: string) {
  const event = await findEvent("checkout.session.completed", sessionId);
  if (event.type === "checkout.session.completed") return event;
  throw new Error(`Expected a completed session, got "${event.type}"`);
}

/** The event of a type about an object, of those that happened lately. */
export async function findEvent(
  type: Stripe.Event["type"],
  objectId: string,
  { events }: Pick<Stripe, "events"> = stripe,
): Promise<Stripe.Event> {
  const { data } = await events.list({ type, limit: 100 });
  const event = data.find(({ data: { object } }) => "id" in object && object.id === objectId);
  if (event) return event;
  throw new Error(`No event "${type}" about "${objectId}"`);
}

/** Waits until our webhook has taken an event. */
export async function untilTaken(type: Stripe.Event["type"], objectId: string): Promise<void> {
  await eventually(async () => {
    expect(await findEvent(type, objectId)).toMatchObject({ pending_webhooks: 0 });
  });
}

/** The id of the payment that an event tells of. */
export function toPaymentId({ data }: CompletedEvent): string {
  return `stripe_${toId(data.object.payment_intent)}`;
}

/** The event with an order that may have been changed at Stripe, so that our session is asked what was bought. */
export function withUnsureOrder(event: CompletedEvent): CompletedEvent {
  const { object } = event.data;
  const metadata = { ...object.metadata, seal: "another" };
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

/** Delivers one event, signed as Stripe signs it. Returns the answer's status and outcome. */
export async function deliver(
  event: object,
  { url = suite.webhookUrl } = {},
): Promise<{ status: number; outcome: unknown }> {
  const { status, body } = await send(url, toWebhook(event));
  const answer: { outcome?: unknown } = JSON.parse(body);
  return { status, outcome: answer.outcome };
}
