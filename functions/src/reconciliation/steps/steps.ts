import type { Step } from "../step.ts";
import { changedPayments, waitingCredits } from "./credits.ts";
import { deletions, owners } from "./deletions.ts";
import { toEventStep } from "./events.ts";
import { inbox } from "./inbox.ts";
import { sessions } from "./sessions.ts";

/**
 * What a run does, in the order of the first turns: deletions and failed events cause events, and events bring payments
 * whose credits are to be booked.
 */
export function toSteps(providers: readonly string[]): Step[] {
  return [
    deletions,
    owners,
    inbox,
    ...providers.map(toEventStep),
    ...sessions,
    waitingCredits,
    changedPayments,
  ];
}
