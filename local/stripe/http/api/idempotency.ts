import { ApiError, invalidRequest } from "../../platform/errors.ts";
import type { Form } from "../../platform/params.ts";
import { canonicalForm } from "../wire/form.ts";

/** An answer of the API as it goes over the wire. */
export interface Answer {
  status: number;
  body: string;
  requestId: string;
}

interface Entry {
  path: string;
  params: string;
  at: number;
  /** Absent while the first request with the key is still running. */
  answer?: Answer;
}

const MAX_KEY_LENGTH = 255;
const LIFETIME_SECONDS = 24 * 60 * 60;

/** Remembers answers by idempotency key, see https://docs.stripe.com/api/idempotent_requests. */
export class IdempotencyKeys {
  readonly #entries = new Map<string, Entry>();

  /**
   * Claims the key for a request, or returns the answer to its first use.
   *
   * @throws ApiError 400 if the key was used for something else, 409 while its first request runs.
   */
  claim(key: string, request: { path: string; form: Form; now: number }): Answer | undefined {
    if (key.length > MAX_KEY_LENGTH) {
      throw invalidRequest(`Idempotency keys can have up to ${MAX_KEY_LENGTH} characters`);
    }
    const params = canonicalForm(request.form);
    const entry = this.#entries.get(key);
    if (entry === undefined || request.now - entry.at >= LIFETIME_SECONDS) {
      this.#entries.set(key, { path: request.path, params, at: request.now });
      return undefined;
    }
    if (entry.path !== request.path) throw reused(key, { first: entry.path, now: request.path });
    if (entry.params !== params) throw reused(key);
    if (entry.answer === undefined) throw inUse(key);
    return entry.answer;
  }

  store(key: string, answer: Answer): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.answer = answer;
  }

  /** Releases the key if nothing was executed. */
  release(key: string): void {
    if (this.#entries.get(key)?.answer === undefined) this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

function reused(key: string, paths?: { first: string; now: string }): ApiError {
  const same = paths
    ? `for the same endpoint they were first used for ('${paths.now}' vs '${paths.first}')`
    : "with the same parameters they were first used with";
  return new ApiError(400, {
    type: "idempotency_error",
    message: `Keys for idempotent requests can only be used ${same}. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

function inUse(key: string): ApiError {
  return new ApiError(409, {
    type: "invalid_request_error",
    code: "idempotency_key_in_use",
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });
}
