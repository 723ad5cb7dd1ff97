import type { Entry, Grant, Hold, PrivateCause, Subscription } from "../../contract/documents.ts";

/** How many documents a query reads at a time. */
export const PAGE_SIZE = 10;

/** What is read together when an account is opened. */
export interface Wanted {
  grantId?: string;
  entryKey?: string;
  /** The key of an entry whose private cause is wanted, too. */
  causeKey?: string;
  holdKey?: string;
}

/** One user's documents as one decision sees them. Pages shorter than `PAGE_SIZE` are the last. */
export interface AccountSource {
  readonly userId: string;
  open(wanted: Wanted): Promise<OpenedDocuments>;
  readGrants(grantIds: readonly string[]): Promise<Grant[]>;
  /** In spending order, from the first or after another one. */
  readActiveGrants(after?: Grant): Promise<Grant[]>;
  /** Grants that repay others' debt, the largest part first. */
  readRepayingGrants(after?: Grant): Promise<Grant[]>;
  /** A page of open holds whose time is over. */
  readLapsedHolds(now: Date, after?: Hold): Promise<Hold[]>;
  readOtherDates(grantId: string): Promise<OtherDates>;
}

export interface OpenedDocuments {
  subscription: Subscription | undefined;
  grant: Grant | undefined;
  entry: Entry | undefined;
  cause: PrivateCause | undefined;
  hold: Hold | undefined;
}

/** The first start of all other grants, and the last end of the others that count. */
export interface OtherDates {
  firstStart: Date | undefined;
  lastEnd: Date | undefined;
}

/** All that one decision writes. */
export interface Changes {
  subscription: Subscription;
  grants: Grant[];
  holds: Hold[];
  /** By key: created, never overwritten. */
  entries: ReadonlyMap<string, Entry>;
  /** What of these entries is not for the user, by key. */
  causes: ReadonlyMap<string, PrivateCause>;
}

/** What a decision returns, and what it writes, if anything. */
export interface Decision<T> {
  result: T;
  changes: Changes | undefined;
}
