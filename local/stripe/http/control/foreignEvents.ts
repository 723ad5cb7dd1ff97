import { addForeignEvents, foreignEventTypes } from "../../operations/events/foreignEvents.ts";
import type { ControlCall } from "./call.ts";
import { ControlError, ControlInput } from "./input.ts";

/** Adds the events of another integration on the same account. */
export function seedForeignEvents({ account, body }: ControlCall): object {
  const input = new ControlInput(body, ["count", "type", "apiVersion", "object"]);
  const count = input.readAmount("count");
  if (count === undefined) throw new ControlError(400, 'Missing "count": expected a positive whole number');
  const type = input.readOneOf("type", foreignEventTypes);
  const types = type === undefined ? foreignEventTypes : [type];
  const [apiVersion, fields] = [input.readString("apiVersion"), input.readObject("object")];
  addForeignEvents(account.context(null), { count, types, apiVersion, fields });
  return { count };
}
