import type { ParsedEvent, PaymentAdapter } from "../../adapters/paymentAdapter.ts";
import { requireAdapter, requireValue } from "../../adapters/require.ts";
import { readKnownIds } from "../../inbox/db.ts";
import { EventError } from "../../inbox/processEvent.ts";
import { handleEvent } from "../../webhooks/dispatch.ts";
import { dropForeign } from "../foreign.ts";
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
  if (!hasEvents(adapter)) return { items: [], end: undefined };
  const page = requireValue(await listEvents(adapter, { since, cursor: place }), "Cannot list events");
  const { events, next } = page;
  const eventIds = events.filter(({ event }) => isMeant(event)).map(({ event }) => event.eventId);
  const known = await readKnownIds(context.db, { provider, eventIds });
  const unknown = events.filter(({ event }) => isMeant(event) && !known.has(event.eventId));
  const ours = await dropForeign(context, adapter, { ...page, events: unknown });
  const items = ours.map(({ event, payload }) => ({
    id: event.eventId,
    repair: async () =>
      tell(run, await handleEvent(context, adapter, { event, payload: () => payload })).changed,
  }));
  return { items, passed: events.length - items.length, end: next };
}

function isMeant({ outcome }: ParsedEvent): boolean {
  return outcome !== "ignored";
}

function hasEvents<A extends PaymentAdapter>(adapter: A): adapter is A & { listEvents: ListEvents } {
  return adapter.listEvents !== undefined;
}

type ListEvents = NonNullable<PaymentAdapter["listEvents"]>;

/** From the beginning if the place is too old: what has come since is done, and costs a look. */
async function listEvents(
  adapter: { listEvents: ListEvents },
  wanted: Parameters<ListEvents>[0],
): ReturnType<ListEvents> {
  const listed = await adapter.listEvents(wanted);
  const isGone = listed.outcome === "failed" && listed.failure.kind === "not_found";
  return isGone && wanted.cursor !== undefined
    ? await adapter.listEvents({ ...wanted, cursor: undefined })
    : listed;
}
