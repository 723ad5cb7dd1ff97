import type { ProviderContext } from "../adapters/require.ts";
import type { ReconciliationReport, ReconciliationTally } from "../contract/calls.ts";
import type { ForgottenUser } from "../deletion/forgetUser.ts";
import type { OwnerContext } from "../deletion/owners.ts";
import type { SubscribedTwice } from "../plans/save.ts";
import type { ProjectContext } from "../platform/context.ts";
import type { HandledEvent } from "../webhooks/dispatch.ts";

export type ReconciliationContext = ProjectContext & ProviderContext & OwnerContext;

/** The parts of the report in which items are counted. */
export type TallyName = {
  [Name in keyof ReconciliationReport]: ReconciliationReport[Name] extends ReconciliationTally ? Name : never;
}[keyof ReconciliationReport];

/** What all steps of one run share. */
export interface Run {
  context: ReconciliationContext;
  startedAt: Date;
  /** Called with what an item brought to light. */
  onSubscribedTwice: (twice: SubscribedTwice) => void;
  /** Called with what was done for a deleted user. */
  onForgotten: (forgotten: ForgottenUser) => void;
}

/** Tells what an event brought to light. */
export function tell({ onSubscribedTwice }: Run, event: HandledEvent): HandledEvent {
  if (event.subscribedTwice) onSubscribedTwice(event.subscribedTwice);
  return event;
}

/** Something that may have to be repaired. */
export interface Item {
  /** For the log. */
  id: string;
  /** Where to go on after it; absent if that is only known for its whole page. */
  place?: string;
  /** Returns whether there was something to repair. May be repeated, also by two runs at once. */
  repair: () => Promise<boolean>;
}

export interface ItemPage {
  items: readonly Item[];
  /** How many more were looked at and need nothing. */
  passed?: number;
  /** Where the next page begins; undefined if this is the last one. */
  end: string | undefined;
}

/** Which page of a step is wanted: what has happened `since`, after the `place` that an earlier page or item named. */
export interface Position {
  since: Date;
  place: string | undefined;
}

/**
 * One of the things that a run looks for, page by page. Each gets its share of the run's time and keeps its place in
 * `reconciliations/{name}`, so that it goes on there whatever ended the run before.
 */
export interface Step {
  /** No provider can have a name that begins with `_`. */
  readonly name: string;
  readonly tally: TallyName;
  readonly readPage: (run: Run, position: Position) => Promise<ItemPage>;
  /**
   * Set if items are only found by the time at which they changed. It tells whether one that failed with this error is
   * noted elsewhere; one that is not must be found again, so that the walk's place stays before it.
   */
  readonly isKept?: (error: unknown) => boolean;
}
