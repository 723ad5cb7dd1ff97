/** In seconds, like every time in the API. */
export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The server's time: the machine's, or a test's, moved forward through the control API. */
export class Clock {
  readonly #base: () => number;
  #offsetMs = 0;

  constructor(base: () => number) {
    this.#base = base;
  }

  /** Milliseconds since the epoch. */
  nowMs(): number {
    return this.#base() + this.#offsetMs;
  }

  /** Whole seconds since the epoch, like Stripe's timestamps. */
  now(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  advance(ms: number): void {
    this.#offsetMs += ms;
  }

  reset(): void {
    this.#offsetMs = 0;
  }
}
