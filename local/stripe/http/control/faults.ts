import { faultKinds, faultStatuses } from "../api/faults.ts";
import type { ControlCall } from "./call.ts";
import { ControlError, ControlInput } from "./input.ts";

const faultFields = ["route", "times", "fault", "status", "when", "match", "delayMs", "retryAfterSeconds"];

/** Makes the next calls of a route fail. */
export function addFault({ app, body }: ControlCall): object {
  const input = new ControlInput(body, faultFields);
  const asked = input.readString("route");
  const route = asked === undefined ? undefined : app.router.nameOf(asked);
  if (route === undefined) {
    throw new ControlError(
      400,
      `Invalid "route": expected a route such as "POST /v1/products", got "${asked ?? ""}"`,
    );
  }
  const match = input.readString("match");
  app.faults.add({
    route,
    fault: input.requireOneOf("fault", faultKinds),
    when: input.readOneOf("when", ["before", "after"]) ?? "before",
    status: input.readOneOf("status", faultStatuses) ?? 500,
    retryAfterSeconds: requirePositive(input.readNumber("retryAfterSeconds") ?? 1, "retryAfterSeconds"),
    delayMs: requirePositive(input.readNumber("delayMs") ?? 1000, "delayMs"),
    times: requirePositive(input.readNumber("times") ?? 1, "times"),
    ...(match !== undefined && { match }),
  });
  return { faults: app.faults.list() };
}

/** Removes all faults. */
export function clearFaults({ app }: ControlCall): object {
  app.faults.clear();
  return { faults: app.faults.list() };
}

/** The faults that have not happened yet. */
export function listFaults({ app }: ControlCall): object {
  return { faults: app.faults.list() };
}

function requirePositive(value: number, name: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new ControlError(400, `Invalid "${name}": expected a positive whole number`);
}
