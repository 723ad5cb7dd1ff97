/** Why a request is refused. Every edge maps each code to its own answer. */
export type GatewayErrorCode =
  | "unauthenticated"
  | "invalid_argument"
  | "permission_denied"
  | "not_found"
  | "failed_precondition"
  | "resource_exhausted"
  | "unavailable";

/** A refusal whose message may be shown to the caller. Anything else that is thrown is a bug or an outage. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: GatewayErrorCode;

  constructor(code: GatewayErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
