import { describe, expect, it } from "vitest";
import type { LoggedEvent } from "../../local/stripe/testing/controlClient.ts";
import { runScript } from "../../local/stripe/testing/runScript.ts";
import { triggers } from "../../local/stripe/testing/triggers.ts";
import { readLastEventId, untilDelivered } from "../kit/suite/deliveries.ts";
import { deliver } from "../kit/suite/events.ts";
import { control, db, suite } from "../kit/suite/harness.ts";

/** Where something that was bought would leave a trace. */
const COLLECTIONS = ["payments", "payment_sessions", "plans", "products", "customers", "subscriptions"];

describe("payments, invoices and subscriptions of somebody else on the same Stripe account", () => {
  it.each(Object.entries(triggers))("change nothing when %s is triggered", async (type, steps) => {
    const [after, before] = [await readLastEventId(), await readIds()];
    await runScript({ url: suite.stripeUrl, apiKey: suite.stripeApiKey }, steps);
    const query = after === undefined ? {} : { after };
    await untilDelivered(query);
    const events = await control.readEvents(query);
    expect(events.map((event) => event.type)).toContain(type);
    for (const event of events)
      expect(await again(event), event.type).toMatchObject({ status: 200, outcome: "ignored" });
    expect(await readIds()).toEqual(before);
    expect(await readKept(events)).toEqual([]);
  });
});

/** What the webhook makes of an event that it has taken already; `duplicate` would mean that it was worth remembering. */
async function again({ sessionId: _session, deliveries: _deliveries, ...event }: LoggedEvent) {
  return await deliver(event);
}

async function readIds(): Promise<string[]> {
  const found = await Promise.all(COLLECTIONS.map(async (name) => await db.collection(name).get()));
  return found.flatMap(({ docs }) => docs.map(({ ref }) => ref.path));
}

/** Events that the inbox keeps, since they were worth remembering or could not be read. */
async function readKept(events: readonly LoggedEvent[]): Promise<string[]> {
  const refs = events.map(({ id }) => db.collection("webhook_events").doc(`stripe_${id}`));
  return (await db.getAll(...refs)).filter(({ exists }) => exists).map(({ id }) => id);
}
