import {
  commitUnread,
  compareAndSet,
  type Change,
  type Decided,
  type DocumentWrite,
  type Reference,
  type Snapshots,
} from "../platform/compareAndSet.ts";
import type { StoreContext } from "../platform/context.ts";
import { readDocument, toChange } from "../platform/document.ts";
import { toDoneEntry, webhookEventRef, type EventSubject } from "./db.ts";
import { webhookEventDocument } from "./documents.ts";

/** `duplicate`: the event's work had been done before. `changed`: the decision wrote something. */
export interface Applied {
  outcome: "applied" | "duplicate";
  changed: boolean;
}

export interface Committed<T> extends Applied {
  result: T;
}

/**
 * Writes a decision to the database in one commit. The committer of an event makes the last decision of its work,
 * together with the note that the work is done. A decision does not know whether it is made for an event.
 */
export class Committer {
  readonly #context: StoreContext;
  readonly #event: { subject: EventSubject; ref: Reference } | undefined;

  constructor(context: StoreContext, subject?: EventSubject) {
    this.#context = context;
    this.#event = subject && {
      subject,
      ref: webhookEventRef(context.db, { provider: subject.provider, eventId: subject.event.eventId }),
    };
  }

  /**
   * Reads, decides and writes, and starts over if something was changed meanwhile. If `decide` returns undefined,
   * nothing is written, not even the note.
   */
  commit<T>(
    refs: readonly Reference[],
    decide: (snapshots: Snapshots) => Decided<T> | Promise<Decided<T>>,
  ): Promise<Committed<T>>;
  commit<T>(
    refs: readonly Reference[],
    decide: (snapshots: Snapshots) => Decided<T> | undefined | Promise<Decided<T> | undefined>,
  ): Promise<Committed<T> | undefined>;
  async commit<T>(
    refs: readonly Reference[],
    decide: (snapshots: Snapshots) => Decided<T> | undefined | Promise<Decided<T> | undefined>,
  ): Promise<Committed<T> | undefined> {
    const { db, now } = this.#context;
    const committedAt = now();
    const read = this.#event ? [...refs, this.#event.ref] : refs;
    return await compareAndSet<Committed<T> | undefined>(db, read, async (snapshots) => {
      const decided = await decide(snapshots);
      if (!decided) return { changes: [], result: undefined };
      const { changes, result } = decided;
      const note = this.#toNote(snapshots, committedAt);
      const outcome = note === "noted" ? "duplicate" : "applied";
      const all = note && note !== "noted" ? [...changes, note] : changes;
      return { changes: all, result: { outcome, changed: changes.length > 0, result } };
    });
  }

  /** Writes without reading. Returns false, with nothing written, if the documents are not as expected. */
  async commitUnread({
    created,
    updated,
  }: {
    created: readonly DocumentWrite[];
    updated: DocumentWrite;
  }): Promise<boolean> {
    const { db, now } = this.#context;
    if (!this.#event) return await commitUnread(db, { created, updated });
    const { subject, ref } = this.#event;
    const data = toDoneEntry(subject, { known: undefined, now: now() });
    return await commitUnread(db, { created: [...created, { ref, data }], updated });
  }

  /** The write that notes the event's work as done; `noted` if that is there already. */
  #toNote(snapshots: Snapshots, now: Date): Change | "noted" | undefined {
    if (!this.#event) return undefined;
    const { subject, ref } = this.#event;
    const entry = readDocument(snapshots, ref, webhookEventDocument);
    const { known } = entry;
    return known?.status === "processed" ? "noted" : toChange(entry, toDoneEntry(subject, { known, now }));
  }
}
