import type { BuyerBooks } from "./buyerBooks.ts";
import type { Process } from "./process.ts";
import type { Buyer, Stage } from "./stage.ts";

/** One story, told up to the work that is to be interrupted. */
export interface Scene {
  /** The work. Whoever asked for it asks again: a client, Stripe, Eventarc, the scheduler. */
  readonly run: (process: Process) => Promise<unknown>;
  /** What comes between the interruption and the repetition. */
  readonly pass?: () => Promise<void>;
  /** How the story goes on once the work is done. */
  readonly finish?: () => Promise<void>;
  /** What the buyers' books must say in the end. */
  readonly books: readonly { readonly buyer: Buyer; readonly expected: BuyerBooks }[];
}

export interface Flow {
  readonly name: string;
  readonly begin: (stage: Stage) => Promise<Scene>;
  /** Set if the work depends on everything that ever happened, so that every scene needs a stage of its own. */
  readonly needsOwnStage?: boolean;
}

export const NOTHING: BuyerBooks = {
  customers: 0,
  sessions: 0,
  charged: 0,
  refunded: 0,
  credits: 0,
  entries: 0,
};
export const OPENED: BuyerBooks = { ...NOTHING, customers: 1, sessions: 1 };
export const BOUGHT: BuyerBooks = { ...OPENED, charged: 500, credits: 100, entries: 1 };
export const REFUNDED: BuyerBooks = { ...BOUGHT, refunded: 500, credits: 0, entries: 2 };
