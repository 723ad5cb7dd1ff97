/** Why a request is refused. Every edge maps each code to its own answer. */
export type GatewayErrorCode =
  | "unauthenticated"
  | "invalid_argument"
  | "permission_denied"
  | "not_found"
  | "failed_precondition"
  | "resource_exhausted"
  | "unavailable";

/** Work on one event of the inbox that failed with `cause`, and is to be tried again unless it is dead. */
export class EventError extends Error {
  override readonly name = "EventError";
  readonly event: { eventId: string; type: string; attempts: number; status: "failed" | "dead" };

  constructor(event: EventError["event"], options: { cause: unknown }) {
    super(`Cannot process event "${event.eventId}": attempt ${event.attempts} failed`, options);
    this.event = event;
  }
}

/** A refusal whose message may be shown to the caller. Anything else that is thrown is a bug or an outage. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: GatewayErrorCode;
  /** When the same request may be accepted, where that is known. */
  readonly retryAt: Date | undefined;

  constructor(code: GatewayErrorCode, message: string, options?: ErrorOptions & { retryAt?: Date }) {
    super(message, options);
    this.code = code;
    this.retryAt = options?.retryAt;
  }
}
