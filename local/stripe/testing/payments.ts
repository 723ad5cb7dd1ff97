import type { Stripe } from "stripe";
import { idOf } from "../objects/store/store.ts";
import type { Kit } from "./kit.ts";
import { createSession } from "./shop.ts";

/** A payment that has been made through the checkout page's control route. */
export interface Paid {
  session: Stripe.Checkout.Session;
  intentId: string;
  chargeId: string;
}

/** Buys something for 10 USD, by card unless another way is asked for. */
export async function buy(
  kit: Kit,
  options: {
    session?: Parameters<typeof createSession>[1];
    pay?: object;
  } = {},
): Promise<Paid> {
  const { id } = await createSession(kit.stripe, options.session);
  const { status } = await kit.control(`checkout/${id}/pay`, options.pay ?? {});
  if (status !== 200) throw new Error(`Cannot pay session "${id}": status ${status}`);
  const session = await kit.stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent"] });
  const intent = session.payment_intent;
  if (intent === null || typeof intent === "string") throw new Error(`Cannot pay session "${id}": no intent`);
  return { session, intentId: intent.id, chargeId: idOf(intent.latest_charge) ?? "" };
}

/** Buys by bank debit and lets it settle. */
export async function buyByBank(kit: Kit): Promise<Paid> {
  const paid = await buy(kit, { pay: { method: "bank_debit" } });
  await kit.control(`payment_intents/${paid.intentId}/settle`, { outcome: "succeeded" });
  return paid;
}

/** The types of the events since the given one, oldest first. */
export async function eventTypesSince(kit: Kit, eventId?: string): Promise<string[]> {
  return (await eventsSince(kit, eventId)).map(({ type }) => type);
}

/** The events since the given one, or all of them, oldest first, however old they are. */
export async function eventsSince(kit: Kit, eventId?: string): Promise<readonly Stripe.EventBase[]> {
  const { json } = await kit.control("events");
  if (!isEventList(json)) throw new Error("Expected a list of events");
  const start = eventId === undefined ? 0 : json.events.findIndex(({ id }) => id === eventId) + 1;
  return json.events.slice(start);
}

/** The id of the newest event, to see later what came after it. */
export async function lastEventId(kit: Kit): Promise<string> {
  return (await eventsSince(kit)).at(-1)?.id ?? "";
}

function isEventList(value: unknown): value is { events: readonly Stripe.EventBase[] } {
  return typeof value === "object" && value !== null && "events" in value && Array.isArray(value.events);
}
