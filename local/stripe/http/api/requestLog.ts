/** One API request, for tests that count calls. */
export interface LoggedRequest {
  id: string;
  at: string;
  method: string;
  path: string;
  idempotencyKey: string | null;
  /** Null until it is answered; stays null if a fault left it without an answer. */
  status: number | null;
  replayed: boolean;
  fault: string | null;
}

const MAX_ENTRIES = 10_000;

/** The latest API requests, oldest first. */
export class RequestLog {
  #entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): LoggedRequest {
    this.#entries.push(entry);
    // Cut to half its length now and then, so that adding stays cheap.
    if (this.#entries.length > 2 * MAX_ENTRIES) this.#entries = this.#entries.slice(-MAX_ENTRIES);
    return entry;
  }

  list(): readonly LoggedRequest[] {
    return this.#entries.slice(-MAX_ENTRIES);
  }

  clear(): void {
    this.#entries = [];
  }
}
