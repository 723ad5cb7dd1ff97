import { exclusiveParameters, missingObject } from "../api/errors.ts";
import { created, listPage, PAGE_FIELDS } from "../api/list.ts";
import { boolean, list, string } from "../api/params.ts";
import { route } from "../api/route.ts";

const LIST_FIELDS = {
  ...PAGE_FIELDS,
  created,
  type: string(),
  types: list(string(), { max: 20 }),
  delivery_success: boolean,
};

export const EVENT_ROUTES = [
  route("GET", "/v1/events/:id", {}, ({ store }, _params, id) => {
    const event = store.events.read(id);
    if (event === undefined) throw missingObject("event", id);
    return event;
  }),
  route("GET", "/v1/events", LIST_FIELDS, ({ store }, params) => {
    const { type, types, delivery_success: delivered } = params;
    if (type !== undefined && types !== undefined) throw exclusiveParameters("type", "types");
    const wanted = types ?? (type === undefined ? undefined : [type]);
    const patterns = wanted?.filter((name) => name.endsWith(".*")).map((name) => name.slice(0, -1)) ?? [];
    return listPage(store.events, params, {
      url: "/v1/events",
      noun: "event",
      index: wanted === undefined || patterns.length > 0 ? undefined : { name: "type", values: wanted },
      where: (event) =>
        (delivered === undefined || (event.pending_webhooks === 0) === delivered) &&
        (wanted === undefined ||
          wanted.includes(event.type) ||
          patterns.some((prefix) => event.type.startsWith(prefix))),
    });
  }),
];
