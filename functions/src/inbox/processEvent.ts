import type { ProviderEvent } from "../adapters/paymentAdapter.ts";
import type { StoreContext } from "../platform/context.ts";
import { LoggedError } from "../platform/errors.ts";
import { Committer } from "./committer.ts";
import { saveFailedEvent, type EventSubject } from "./db.ts";

/** The work on one event failed with `cause`; it is tried again unless the event is dead. */
export class EventError extends LoggedError {
  override readonly name = "EventError";

  constructor(
    event: ProviderEvent & { attempts: number; status: "failed" | "dead" },
    options: { cause: unknown },
  ) {
    super(`Cannot process event "${event.eventId}": attempt ${event.attempts} failed`, { ...event }, options);
  }
}

/**
 * Does the work of one event, whose last decision must be committed with the committer it is given: that notes the work
 * as done. If the work fails, saves the event in the inbox with its error and payload and throws an `EventError`, or an
 * `AggregateError` if saving fails, too.
 */
export async function processEvent<T>(
  context: StoreContext,
  subject: EventSubject & { payload: () => string },
  work: (last: Committer) => Promise<T>,
): Promise<T> {
  const { provider, event, payload } = subject;
  try {
    return await work(new Committer(context, { provider, event }));
  } catch (error) {
    const failed = { provider, event, error, payload: payload() };
    const [kept] = await Promise.allSettled([saveFailedEvent(context, failed)]);
    if (kept.status === "rejected")
      throw new AggregateError([error, kept.reason], "Cannot process the event, nor save it", {
        cause: error,
      });
    const { eventId, type } = event;
    throw new EventError({ eventId, type, ...kept.value }, { cause: error });
  }
}
