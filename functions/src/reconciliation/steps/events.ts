import { requireAdapter, requireValue } from "../../adapters/require.ts";
import { readKnownIds } from "../../inbox/db.ts";
import { EventError } from "../../inbox/processEvent.ts";
import { handleEvent } from "../../webhooks/dispatch.ts";
import { tell, type ItemPage, type Position, type Run, type Step } from "../step.ts";

/** A provider's events that no webhook brought. */
export function toEventStep(provider: string): Step {
  return {
    name: provider,
    tally: "events",
    readPage: async (run, position) => await readEvents(run, provider, position),
    isKept: (error) => error instanceof EventError,
  };
}

async function readEvents(run: Run, provider: string, { since, place }: Position): Promise<ItemPage> {
  const { context } = run;
  const adapter = await requireAdapter(context, provider);
  if (!adapter.listEvents) return { items: [], end: undefined };
  const listed = await adapter.listEvents({ since, cursor: place });
  const { events, next } = requireValue(listed, "Cannot list events");
  const meant = events.filter(({ event }) => event.outcome !== "ignored");
  const eventIds = meant.map(({ event }) => event.eventId);
  const known = await readKnownIds(context.db, { provider, eventIds });
  const unknown = meant.filter(({ event }) => !known.has(event.eventId));
  const items = unknown.map(({ event, payload }) => ({
    id: event.eventId,
    repair: async () =>
      tell(run, await handleEvent(context, adapter, { event, payload: () => payload })).changed,
  }));
  return { items, passed: events.length - items.length, end: next };
}
