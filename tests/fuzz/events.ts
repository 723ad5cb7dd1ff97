import * as fc from "fast-check";
import { Stripe } from "stripe";
import { hostile, hostileText, toJson, toObject } from "./hostile.ts";

/** A body, and whether it has the form of an event. Those that have are none of ours. */
export interface Body {
  readonly text: string;
  readonly isEvent: boolean;
}

export const MAX_BODY_BYTES = 1024 * 1024;

/** A paid checkout of another project, which says it is worth a fortune to one of our users. */
const foreignEvent = {
  id: "evt_fuzz_1",
  object: "event",
  api_version: Stripe.API_VERSION,
  created: 1_900_000_000,
  livemode: false,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: null },
  type: "checkout.session.completed",
  data: {
    object: {
      id: "cs_test_fuzz",
      object: "checkout.session",
      status: "complete",
      payment_status: "paid",
      amount_total: 1,
      currency: "eur",
      client_reference_id: "victim",
      metadata: { gatewayProject: "another", userId: "victim", creditsAmount: "1000000" },
    },
  },
};

const isText = (value: unknown): boolean => typeof value === "string";

function toEvent(changed: object): object {
  return { ...foreignEvent, ...changed };
}

/** What an event needs. */
const needed: Readonly<Record<string, (value: unknown) => boolean>> = {
  id: (value) => typeof value === "string" && /^[A-Za-z0-9_-]{1,200}$/.test(value),
  object: (value) => value === "event",
  type: isText,
  created: (value) => typeof value === "number" && Number.isFinite(value),
  livemode: (value) => typeof value === "boolean",
  data: (value) => value === foreignEvent.data,
};

/** With one of its fields hostile or missing. */
const brokenEvents = fc.constantFrom(...Object.entries(needed)).chain(([name, isRight]) =>
  fc
    .option(hostile, { nil: undefined })
    .filter((value) => !isRight(value))
    .map((value) => toEvent({ [name]: value })),
);

const handledTypes =
  /^(?:checkout\.|charge\.|refund\.|invoice\.|product\.|price\.|radar\.|customer\.subscription\.)/;

const otherEvents = fc.oneof(
  fc.constantFrom(toEvent({}), toEvent({ livemode: true })),
  fc
    .oneof(hostileText, fc.constantFrom("account.updated", "customer.created", "__proto__", "toString"))
    .filter((type) => !handledTypes.test(type))
    .map((type) => toEvent({ type })),
);

const anything = fc.oneof(
  fc.array(fc.tuple(hostileText, hostile), { maxLength: 4 }).map((entries) => toJson(toObject(entries))),
  hostileText,
  fc.constantFrom("", "{", "null", "[]", "[".repeat(100_000), `${"[".repeat(100_000)}${"]".repeat(100_000)}`),
  fc.integer({ min: -20, max: 20 }).map((more) => JSON.stringify(["x".repeat(MAX_BODY_BYTES - 4 + more)])),
);

/** What is answered with 200 if its signature is right. */
export const foreignBody: Body = { text: toJson(foreignEvent), isEvent: true };

export const anyBody: fc.Arbitrary<Body> = fc.oneof(
  { weight: 4, arbitrary: brokenEvents.map((event) => ({ text: toJson(event), isEvent: false })) },
  { weight: 3, arbitrary: otherEvents.map((event) => ({ text: toJson(event), isEvent: true })) },
  { weight: 3, arbitrary: anything.map((text) => ({ text, isEvent: false })) },
);
