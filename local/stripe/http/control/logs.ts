import { sessionOf } from "../../operations/events/sessionOf.ts";
import type { ControlCall } from "./call.ts";
import { ControlError } from "./input.ts";

/** Every event, oldest first, with its deliveries; `?type=`, `?sessionId=` and `?after=` filter. */
export function listEvents({ account, query }: ControlCall): object {
  const { store, webhooks } = account;
  const [type, wanted, after] = [query.get("type"), query.get("sessionId"), query.get("after")];
  const index = type === null ? undefined : ({ name: "type", values: [type] } as const);
  const before = after === null ? undefined : store.events.position(after);
  if (after !== null && before === undefined) throw new ControlError(404, `No event "${after}"`);
  const { data } = store.events.page({ limit: Infinity, index, before });
  const events = data.toReversed().flatMap((event) => {
    const sessionId = sessionOf(store, event) ?? null;
    if (wanted !== null && sessionId !== wanted) return [];
    const deliveries = webhooks.deliveriesOf(event.id).map(({ sender, state, attempts }) => ({
      url: sender.url,
      state,
      attempts: attempts.length,
      statuses: attempts.map(({ status }) => status ?? null),
      history: attempts,
    }));
    return [{ ...event, sessionId, deliveries }];
  });
  return { events };
}

/** The API requests, oldest first; `?method=`, `?path=` and `?idempotencyKey=` filter. */
export function listRequests({ app, query }: ControlCall): object {
  const matches = (name: string, value: string | null) => !query.has(name) || query.get(name) === value;
  const requests = app.requests
    .list()
    .filter(
      ({ method, path, idempotencyKey }) =>
        matches("method", method) && matches("path", path) && matches("idempotencyKey", idempotencyKey),
    );
  return { requests };
}
