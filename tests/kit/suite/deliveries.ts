import { expect } from "vitest";
import type { LoggedEvent } from "../../../local/stripe/testing/controlClient.ts";
import { eventually } from "../eventually.ts";
import { deliver } from "./events.ts";
import { control, stripe } from "./harness.ts";

/** As many as local Stripe delivers at a time. */
const AT_ONCE = 4;

/** The last event of local Stripe; undefined before the first one. */
export async function readLastEventId(): Promise<string | undefined> {
  return (await stripe.events.list({ limit: 1 })).data[0]?.id;
}

/**
 * Lets every event after another one (or every one) reach the webhook: ends whatever holds webhooks back, waits for those
 * on their way, and delivers what local Stripe was told to lose, as the dashboard's "Resend" does. Fails if we do not
 * take an event.
 */
export async function deliverEverything({ eventId }: { eventId: string | undefined }): Promise<void> {
  const query = eventId === undefined ? {} : { after: eventId };
  await endModes();
  await untilDelivered(query);
  const dropped = (await control.readEvents(query)).filter(({ deliveries }) =>
    deliveries.some(({ state }) => state === "dropped"),
  );
  for (let start = 0; start < dropped.length; start += AT_ONCE)
    await Promise.all(dropped.slice(start, start + AT_ONCE).map(deliverLogged));
}

/** Delivers an event of the log; fails if we do not take it. */
export async function deliverLogged({
  sessionId: _sessionId,
  deliveries: _deliveries,
  ...event
}: LoggedEvent): Promise<void> {
  expect(await deliver(event), `${event.id} (${event.type})`).toMatchObject({ status: 200 });
}

/** Waits until no event (after another one) is on its way: what local Stripe was told to lose is not. */
export async function untilDelivered(query: { after?: string } = {}): Promise<void> {
  await eventually(async () => expect(await readUndelivered(query)).toEqual([]));
}

async function endModes(): Promise<void> {
  for (const [scope, mode] of Object.entries(await control.readWebhookModes())) {
    const only = scope === "*" ? {} : { sessionId: scope };
    if (mode !== "normal") await control.setWebhookMode("normal", only);
  }
}

async function readUndelivered(query: { after?: string }): Promise<string[]> {
  const events = await control.readEvents(query);
  return events.flatMap(({ id, type, deliveries }) =>
    deliveries
      .filter(({ state }) => state !== "delivered" && state !== "dropped")
      .map(({ state, statuses }) => `${id} (${type}) is ${state} after ${JSON.stringify(statuses)}`),
  );
}
