import { expect } from "vitest";
import { deliver } from "./events.ts";
import { control, eventually, readControl, stripe } from "./harness.ts";

/** As many as local Stripe delivers at a time. */
const AT_ONCE = 4;

/** An event of local Stripe, and how far it is on its way to us: `held`, `pending`, `delivered`, `failed` or `dropped`. */
export interface LoggedEvent {
  id: string;
  type: string;
  data: { object: { id?: string; product?: string } };
  deliveries: { state: string; statuses: (number | null)[] }[];
}

/** Every event of local Stripe after another one, oldest first; of one session only, if wanted. */
export async function readEventLog(query: { after?: string; sessionId?: string }): Promise<LoggedEvent[]> {
  const answer = await readControl<{ events: LoggedEvent[] }>(`events?${new URLSearchParams({ ...query })}`);
  return answer.events;
}

/** The last event of local Stripe; undefined before the first one. */
export async function readLastEventId(): Promise<string | undefined> {
  return (await stripe.events.list({ limit: 1 })).data[0]?.id;
}

/**
 * Lets every event after another one (or every one) reach the webhook: ends whatever holds webhooks back, waits for those
 * on their way, and delivers what local Stripe was told to lose, as the dashboard's "Resend" does. Fails where we do not
 * take an event.
 */
export async function deliverEverything({ eventId }: { eventId: string | undefined }): Promise<void> {
  const query = eventId === undefined ? {} : { after: eventId };
  await endModes();
  await untilDelivered(query);
  const dropped = (await readEventLog(query)).filter(({ deliveries }) =>
    deliveries.some(({ state }) => state === "dropped"),
  );
  for (let start = 0; start < dropped.length; start += AT_ONCE)
    await Promise.all(dropped.slice(start, start + AT_ONCE).map(deliverLogged));
}

/** Delivers an event of the log; fails where we do not take it. */
export async function deliverLogged({ deliveries: _deliveries, ...event }: LoggedEvent): Promise<void> {
  expect(await deliver(event), `${event.id} (${event.type})`).toMatchObject({ status: 200 });
}

/** Waits until no event (after another one) is on its way: what local Stripe was told to lose is not. */
export async function untilDelivered(query: { after?: string } = {}): Promise<void> {
  await eventually(async () => expect(await readUndelivered(query)).toEqual([]));
}

async function endModes(): Promise<void> {
  const { modes } = await readControl<{ modes: Record<string, string> }>("webhooks");
  for (const [scope, mode] of Object.entries(modes)) {
    const sessionId = scope === "*" ? {} : { sessionId: scope };
    if (mode !== "normal") await control("webhooks", { mode: "normal", ...sessionId });
  }
}

async function readUndelivered(query: { after?: string }): Promise<string[]> {
  const events = await readEventLog(query);
  return events.flatMap(({ id, type, deliveries }) =>
    deliveries
      .filter(({ state }) => state !== "delivered" && state !== "dropped")
      .map(({ state, statuses }) => `${id} (${type}) is ${state} after ${JSON.stringify(statuses)}`),
  );
}
