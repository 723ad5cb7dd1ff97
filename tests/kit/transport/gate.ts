import { setTimeout as sleep } from "node:timers/promises";

/** What a call asked of Firestore; all 0 for a call of another server. `found` are the documents that queries returned. */
export interface Counts {
  reads: number;
  queries: number;
  found: number;
  writes: number;
  begun: number;
  rolledBack: number;
}

/** One call of a server, as it passes by. */
export interface Call {
  readonly server: "firestore" | "stripe";
  /** The method, such as "Commit", or the HTTP method and path. */
  readonly name: string;
  readonly counts: Counts;
  /** The queries it asked, as `toText` of `tests/kit/queries.ts` writes them. */
  readonly queries: string[];
  /** Paths of the documents it wrote; empty until the server has done so. */
  readonly written: string[];
}

/** What a caller is told in place of an answer. Client libraries repeat the first two by themselves, not the last. */
export type ErrorName = "UNAVAILABLE" | "DEADLINE_EXCEEDED" | "DATA_LOSS";

/**
 * What is to happen to a call: `before` the server hears of it, or `after` it has done its work, when only the answer is
 * still missing. `stop` holds the call, and with it everything that the calling process does from then on.
 */
export type Fault = { readonly when: "before" | "after" } & (
  | { readonly kind: "fail"; readonly error: ErrorName }
  | { readonly kind: "delay"; readonly delayMs: number }
  | { readonly kind: "stop" }
);

/** Which call is meant: the nth, from 1, of those that match. */
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

/** Sees every call of one process, to whichever server: keeps their log, and lets those go wrong that a test chose. */
export class Gate {
  readonly calls: Call[] = [];
  /** How long Stripe takes at least for each call. */
  stripeMs = 0;
  readonly #armed = new Set<Armed>();
  readonly #struck = new Map<Call, Armed>();
  #isStopped = false;

  /** Lets one call go wrong; resolves at the moment it does, which for a `stop` is the moment to kill the process. */
  async inject(fault: Fault, { nth = 1, matches = () => true }: Aim = {}): Promise<Call> {
    return await new Promise((strike) => {
      this.#armed.add({ fault, matches, strike, left: nth });
    });
  }

  /** Does some work, and tells of the calls that came in meanwhile. */
  async record<T>(work: () => Promise<T>): Promise<{ result: T; calls: Call[] }> {
    const start = this.calls.length;
    const result = await work();
    return { result, calls: this.calls.slice(start) };
  }

  /** Lets calls pass again after a stop. Those that are held stay so: their process is dead. */
  open(): void {
    this.#isStopped = false;
  }

  /** Notes a call that came in. */
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

  /** Whether a call's answer is to be kept back until `after` has said what becomes of it. */
  isAnswerAtStake(call: Call): boolean {
    return this.#struck.get(call)?.fault.when === "after";
  }

  /** Before a call is forwarded: what its caller is told instead, if anything. Never settles for a stopped process. */
  async before(call: Call): Promise<ErrorName | undefined> {
    if (call.server === "stripe" && this.stripeMs > 0) await sleep(this.stripeMs);
    return await this.#suffer(call, "before");
  }

  /** The same, once the server has answered. */
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
