import type { GatewayErrorCode } from "../contract/codes.ts";

export interface RefusalOptions extends ErrorOptions {
  retryAt?: Date;
  subscriptionIds?: readonly string[];
}

/** A refusal whose message may be shown to the caller. Anything else that is thrown is a bug or an outage. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: GatewayErrorCode;
  /** When the same request may be accepted, if that is known. */
  readonly retryAt: Date | undefined;
  /** The caller's recurring subscriptions that it is about, if there are any. */
  readonly subscriptionIds: readonly string[] | undefined;

  constructor(code: GatewayErrorCode, message: string, options?: RefusalOptions) {
    super(message, options);
    this.code = code;
    this.retryAt = options?.retryAt;
    this.subscriptionIds = options?.subscriptionIds;
  }
}

/**
 * A document of another shape than its schema's: a bug, or somebody else's hand. Trying again changes nothing before
 * somebody corrects it.
 */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
}

/** An outage or a bug, with fields for the log that say what it is about. The original error is its `cause`. */
export class LoggedError extends Error {
  override readonly name: string = "LoggedError";
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(message: string, fields: Readonly<Record<string, unknown>>, options: { cause: unknown }) {
    super(message, options);
    this.fields = fields;
  }
}
