import type { ReconciliationTally } from "../contract/calls.ts";
import { MS_PER_DAY } from "../platform/instant.ts";
import { saveCursor, type Cursor, type SavedWalk } from "./db.ts";
import type { Item, ItemPage, Run, Step } from "./step.ts";

/** Providers may list an event some time after its date. */
const OVERLAP_MS = 10 * 60_000;
/**
 * How far the first walk looks back. Stripe lists events for 30 days, see
 * https://docs.stripe.com/api/events/list
 */
const FIRST_LOOK_BACK_MS = 29 * MS_PER_DAY;
/** How many runs come back to something that can neither be done nor be noted. */
const MAX_HELD = 3;

/** Whether the time of a turn is up, and whether that of the whole run is. */
export interface Turn {
  isOver: () => boolean;
  isRunOver: () => boolean;
}

/** One run's work on one step, from where the last one stopped. */
export class Walk {
  readonly step: Step;
  readonly #run: Run;
  readonly #tally: ReconciliationTally;
  readonly #onFailure: (item: Item, error: unknown) => void;
  /** As it was last read or saved. */
  #cursor: Cursor;
  #walk: SavedWalk;
  /** What was dealt with, which is saved unless something is held. */
  #place: string | undefined;
  #page: { items: Item[]; end: string | undefined } | undefined;
  /** Whether something was met that the next run must find again. */
  #isHeld = false;
  #isDone = false;

  constructor(
    step: Step,
    options: {
      run: Run;
      cursor: Cursor;
      tally: ReconciliationTally;
      onFailure: (item: Item, error: unknown) => void;
    },
  ) {
    const { run, cursor, tally, onFailure } = options;
    this.step = step;
    this.#run = run;
    this.#tally = tally;
    this.#onFailure = onFailure;
    this.#cursor = cursor;
    this.#walk = cursor.walk ?? toNewWalk(run.startedAt);
    this.#place = this.#walk.place ?? undefined;
  }

  /** Whether the next run need not come back to anything. */
  get isComplete(): boolean {
    return this.#isDone && !this.#isHeld;
  }

  /** Works until the turn is over, but deals with one item at least. Returns whether there is nothing left to do. */
  async work(turn: Turn): Promise<boolean> {
    let isOver = turn.isRunOver;
    while (!this.#isDone && !isOver()) {
      const page = (this.#page ??= await this.#readPage());
      for (let item = page.items[0]; item && !isOver(); item = page.items[0]) {
        await this.#try(item);
        if (this.#page !== page) break;
        page.items.shift();
        this.#place = item.place ?? this.#place;
        ({ isOver } = turn);
      }
      if (this.#page === page && page.items.length === 0) await this.#endPage(page.end);
      ({ isOver } = turn);
    }
    if (!this.#isDone) await this.#save();
    return this.#isDone;
  }

  async #readPage(): Promise<{ items: Item[]; end: string | undefined }> {
    const { reconciledAt } = this.#cursor;
    const before = reconciledAt?.getTime() ?? this.#walk.startedAt.getTime() - FIRST_LOOK_BACK_MS;
    const position = { since: new Date(before - OVERLAP_MS), place: this.#place };
    const page: ItemPage = await this.step.readPage(this.#run, position);
    this.#tally.seen += page.passed ?? 0;
    return { items: [...page.items], end: page.end };
  }

  /** Counts a repair. One failure does not stop the others. */
  async #try(item: Item): Promise<void> {
    this.#tally.seen += 1;
    try {
      if (await item.repair()) this.#tally.repaired += 1;
    } catch (error) {
      this.#tally.failed += 1;
      this.#onFailure(item, error);
      if (this.step.isKept?.(error) === false) await this.#hold();
    }
  }

  /** Lets the next run come back here, unless that was tried in vain. */
  async #hold(): Promise<void> {
    if (this.#isHeld || this.#walk.held >= MAX_HELD) return;
    await this.#save(this.#walk.held + 1);
    this.#isHeld = true;
  }

  async #endPage(end: string | undefined): Promise<void> {
    this.#page = undefined;
    if (end === undefined) return await this.#endWalk();
    this.#place = end;
    await this.#save();
  }

  /** A walk that an earlier run has begun is followed by one over what has happened since. */
  async #endWalk(): Promise<void> {
    const { startedAt } = this.#walk;
    const isDated = this.step.isKept !== undefined;
    this.#isDone = this.#isHeld || !isDated || startedAt >= this.#run.startedAt;
    if (this.#isHeld || !(isDated || this.#cursor.walk)) return;
    const reconciledAt = isDated ? toLater(this.#cursor.reconciledAt, startedAt) : undefined;
    await this.#saveCursor({ ...(reconciledAt && { reconciledAt }), walk: undefined });
  }

  /** Nothing is written if nothing has changed. */
  async #save(held?: number): Promise<void> {
    const place = this.#place ?? null;
    const isNew = held !== undefined || place !== (this.#cursor.walk?.place ?? null);
    if (this.#isHeld || !isNew) return;
    const walk = { startedAt: this.#walk.startedAt, place, held: held ?? 0 };
    await this.#saveCursor({ ...this.#cursor, walk });
  }

  /** Goes on from what is saved then. If another run has ended the walk meanwhile, there is nothing left to do. */
  async #saveCursor(next: Cursor): Promise<void> {
    const { context, startedAt } = this.#run;
    const wanted = { step: this.step.name, known: this.#cursor, next, now: context.now() };
    const saved = await saveCursor(context.db, wanted);
    this.#cursor = saved;
    if (saved === next && next.walk) {
      this.#walk = next.walk;
      return;
    }
    if (saved !== next && !saved.walk) this.#isDone = true;
    this.#walk = saved.walk ?? toNewWalk(startedAt);
    this.#place = this.#walk.place ?? undefined;
    this.#page = undefined;
  }
}

function toNewWalk(startedAt: Date): SavedWalk {
  return { startedAt, place: null, held: 0 };
}

function toLater(known: Date | undefined, at: Date): Date {
  return known && known > at ? known : at;
}
