import { setTimeout as sleep } from "node:timers/promises";

/** What a call asked of Firestore; all 0 for a call to Stripe. `found` counts the documents that queries returned. */
export interface Counts {
  reads: number;
  queries: number;
  found: number;
  writes: number;
  begun: number;
  rolledBack: number;
}

/** One call to a server. */
export interface Call {
  readonly server: "firestore" | "stripe";
  /** The method, such as "Commit", or the HTTP method and path. */
  readonly name: string;
  readonly counts: Counts;
  /** The queries it asked, as `toText` of `tests/kit/queries.ts` writes them. */
  readonly queries: string[];
  /** Paths of the documents that it wrote; empty until the server has written them. */
  readonly written: string[];
}

/** The error a caller gets instead of an answer. Client libraries retry the first two by themselves, but not the last. */
export type ErrorName = "UNAVAILABLE" | "DEADLINE_EXCEEDED" | "DATA_LOSS";

/**
 * What goes wrong with a call: `before` it reaches the server, or `after` the server has done its work but has not yet
 * answered. `stop` holds the call, and every later call of the same process.
 */
export type Fault = { readonly when: "before" | "after" } & (
  | { readonly kind: "fail"; readonly error: ErrorName }
  | { readonly kind: "delay"; readonly delayMs: number }
  | { readonly kind: "stop" }
);

/** Which call a fault strikes: the nth of those that match, counted from 1. */
export interface Aim {
  readonly nth?: number;
  readonly matches?: (call: Call) => boolean;
}

interface Armed {
  readonly fault: Fault;
  readonly matches: (call: Call) => boolean;
  readonly strike: (call: Call) => void;
  left: number;
}

/** Logs every call of one process to its servers, and makes those fail that a test chose. */
export class Gate {
  readonly calls: Call[] = [];
  /** The least time that Stripe takes for a call, in milliseconds. */
  stripeMs = 0;
  readonly #armed = new Set<Armed>();
  readonly #struck = new Map<Call, Armed>();
  #isStopped = false;

  /** Makes one call go wrong, and resolves when it does; after a `stop`, that is the moment to kill the process. */
  async inject(fault: Fault, { nth = 1, matches = () => true }: Aim = {}): Promise<Call> {
    return await new Promise((strike) => {
      this.#armed.add({ fault, matches, strike, left: nth });
    });
  }

  /** Does some work. Returns its result and the calls that came in meanwhile. */
  async record<T>(work: () => Promise<T>): Promise<{ result: T; calls: Call[] }> {
    const start = this.calls.length;
    const result = await work();
    return { result, calls: this.calls.slice(start) };
  }

  /** Lets calls pass again after a stop. Calls that are held stay held, since their process is dead. */
  open(): void {
    this.#isStopped = false;
  }

  /** Logs a call that came in, and notes which fault strikes it, if any. */
  enter(call: Call): void {
    this.calls.push(call);
    for (const armed of this.#armed) {
      if (!armed.matches(call)) continue;
      armed.left -= 1;
      if (armed.left > 0) continue;
      this.#armed.delete(armed);
      this.#struck.set(call, armed);
    }
  }

  /** Whether a call's answer must wait until `after` has decided what happens to it. */
  isAnswerAtStake(call: Call): boolean {
    return this.#struck.get(call)?.fault.when === "after";
  }

  /** Runs before a call is forwarded. Returns the error to answer instead, if any; never settles for a stopped process. */
  async before(call: Call): Promise<ErrorName | undefined> {
    if (call.server === "stripe" && this.stripeMs > 0) await sleep(this.stripeMs);
    return await this.#suffer(call, "before");
  }

  /** Runs once the server has answered; otherwise the same as `before`. */
  async after(call: Call): Promise<ErrorName | undefined> {
    return await this.#suffer(call, "after");
  }

  async #suffer(call: Call, when: Fault["when"]): Promise<ErrorName | undefined> {
    if (this.#isStopped) await never;
    const { fault, strike } = this.#struck.get(call) ?? {};
    if (fault?.when !== when) return undefined;
    if (fault.kind === "stop") this.#isStopped = true;
    strike?.(call);
    if (fault.kind === "stop") await never;
    if (fault.kind === "delay") await sleep(fault.delayMs);
    return fault.kind === "fail" ? fault.error : undefined;
  }
}

const never = new Promise<never>(() => {});

export function noCounts(): Counts {
  return { reads: 0, queries: 0, found: 0, writes: 0, begun: 0, rolledBack: 0 };
}
