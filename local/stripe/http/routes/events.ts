import type { Stripe } from "stripe";
import { listPage } from "../../objects/store/pages.ts";
import type { Context } from "../../operations/context/context.ts";
import { exclusiveParameters, missingObject } from "../../platform/errors.ts";
import { boolean, list, string, type Decoded } from "../../platform/params.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

/** How long Stripe shows events, in seconds. */
const RETENTION = 30 * 24 * 60 * 60;

const listFields = {
  ...pageFields,
  created,
  type: string(),
  types: list(string(), { max: 20 }),
  delivery_success: boolean,
};

export const events: Resource = {
  expansions: [],
  routes: [
    route("GET", "/v1/events/:id", {}, (context, _params, id) => requireEvent(context, id)),
    route("GET", "/v1/events", listFields, listEvents),
  ],
};

function requireEvent({ store, clock }: Context, id: string, param?: string): Stripe.EventBase {
  const event = store.events.read(id);
  if (event === undefined || event.created < clock.now() - RETENTION) throw missingObject("event", id, param);
  return event;
}

function listEvents(context: Context, params: Decoded<typeof listFields>): Stripe.ApiList<Stripe.EventBase> {
  const { store, clock } = context;
  const { type, types, delivery_success: delivered, starting_after: after, ending_before: before } = params;
  if (type !== undefined && types !== undefined) throw exclusiveParameters("type", "types");
  if (after !== undefined) requireEvent(context, after, "starting_after");
  if (before !== undefined) requireEvent(context, before, "ending_before");
  const wanted = types ?? (type === undefined ? undefined : [type]);
  const patterns = wanted?.filter((name) => name.endsWith(".*")).map((name) => name.slice(0, -1)) ?? [];
  const oldest = Math.max(params.created?.gte ?? 0, clock.now() - RETENTION);
  return listPage(
    store.events,
    { ...params, created: { ...params.created, gte: oldest } },
    {
      url: "/v1/events",
      noun: "event",
      index: wanted === undefined || patterns.length > 0 ? undefined : { name: "type", values: wanted },
      where: (event) =>
        (delivered === undefined || (event.pending_webhooks === 0) === delivered) &&
        (wanted === undefined ||
          wanted.includes(event.type) ||
          patterns.some((prefix) => event.type.startsWith(prefix))),
    },
  );
}
