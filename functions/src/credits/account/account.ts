import type { Entry, Grant, Hold, PrivateCause, Subscription } from "../../contract/documents.ts";
import { isPast, toBooked, toDebt, toExpired, toFrozen, toSpendable, toTotal } from "./grant.ts";
import type { AccountSource, Changes } from "./source.ts";

type Written = "userId" | "seq" | "balanceAfter" | "createdAt" | "updatedAt";
type Distribute<T> = T extends unknown ? Omit<T, Written> : never;
export type NewEntry = Distribute<Entry>;
type GrantEntry = Exclude<NewEntry, { type: "spend" }>;

type Totals = Pick<
  Subscription,
  "totalCredits" | "creditsUsed" | "availableCredits" | "debt" | "frozen" | "held"
>;

/**
 * One user's account while a decision is made: the subscription's totals follow from every grant that is put, and
 * every change of the balance is posted as an entry.
 */
export class Account {
  readonly source: AccountSource;
  readonly now: Date;
  #subscription: Subscription;
  #postedBalance: number;
  readonly #grants = new Map<string, Grant>();
  readonly #changedGrants = new Set<string>();
  readonly #holds = new Map<string, Hold>();
  readonly #entries = new Map<string, Entry>();
  readonly #causes = new Map<string, PrivateCause>();

  constructor(source: AccountSource, subscription: Subscription | undefined, now: Date) {
    this.source = source;
    this.now = now;
    this.#subscription = subscription ?? emptySubscription(source.userId, now);
    this.#postedBalance = toBalance(this.#subscription);
  }

  get subscription(): Subscription {
    return this.#subscription;
  }

  /** Adds grants that were read. Returns them as they are in this decision, with the changes it has made already. */
  know(grants: readonly Grant[]): Grant[] {
    return grants.map((read) => {
      const known = this.#grants.get(read.grantId) ?? read;
      this.#grants.set(read.grantId, known);
      return known;
    });
  }

  knownGrants(): Grant[] {
    return [...this.#grants.values()];
  }

  changedGrants(): Grant[] {
    return [...this.#changedGrants].map((grantId) => this.requireGrant(grantId));
  }

  requireGrant(grantId: string): Grant {
    const grant = this.#grants.get(grantId);
    if (!grant)
      throw new Error(`Cannot change grant "${grantId}" of "${this.source.userId}": it was not read`);
    return grant;
  }

  putGrant(grant: Grant): void {
    const known = this.#grants.get(grant.grantId);
    const by = (toNumber: (grant: Grant) => number): number =>
      toNumber(grant) - (known ? toNumber(known) : 0);
    this.add({
      totalCredits: by(toTotal),
      availableCredits: by(toSpendable),
      frozen: by(toFrozen),
      debt: by(toDebt),
    });
    this.#grants.set(grant.grantId, grant);
    this.#changedGrants.add(grant.grantId);
  }

  putHold(hold: Hold): void {
    this.#holds.set(hold.key, hold);
  }

  add(changes: Partial<Totals>): void {
    const { totalCredits, creditsUsed, availableCredits, debt, frozen, held } = this.#subscription;
    this.#subscription = {
      ...this.#subscription,
      totalCredits: totalCredits + (changes.totalCredits ?? 0),
      creditsUsed: creditsUsed + (changes.creditsUsed ?? 0),
      availableCredits: availableCredits + (changes.availableCredits ?? 0),
      debt: debt + (changes.debt ?? 0),
      frozen: frozen + (changes.frozen ?? 0),
      held: held + (changes.held ?? 0),
    };
  }

  setDates(dates: Pick<Subscription, "startDate" | "endDate">): void {
    this.#subscription = { ...this.#subscription, ...dates };
  }

  post(key: string, entry: NewEntry): Entry {
    const { now } = this;
    const seq = this.#subscription.seq + 1;
    this.#postedBalance += entry.delta;
    const { userId } = this.source;
    const posted: Entry = {
      ...entry,
      userId,
      seq,
      balanceAfter: this.#postedBalance,
      createdAt: now,
      updatedAt: now,
    };
    this.#entries.set(key, posted);
    this.#subscription = { ...this.#subscription, seq };
    return posted;
  }

  /** Keeps what of a new entry is not for the user. */
  putCause(key: string, cause: Omit<PrivateCause, "createdAt" | "updatedAt">): void {
    this.#causes.set(key, { ...cause, createdAt: this.now, updatedAt: this.now });
  }

  /** Changes a grant, and posts what that does to the balance, if anything, under the grant's next key. */
  bookGrant(grant: Grant, toEntry: (delta: number) => GrantEntry): Entry | undefined {
    const known = this.#grants.get(grant.grantId);
    const delta = toBooked(grant) - (known ? toBooked(known) : 0);
    const entryCount = grant.entryCount + (delta === 0 ? 0 : 1);
    this.putGrant({ ...grant, entryCount });
    if (delta === 0) return undefined;
    return this.post(toGrantEntryKey(grant.grantId, entryCount), toEntry(delta));
  }

  /** Books as expired what remains of those of these grants that are past their end. */
  expirePast(grants: readonly Grant[]): void {
    for (const { grantId } of grants) {
      const grant = this.requireGrant(grantId);
      if (toSpendable(grant) === 0 || !isPast(grant, this.now)) continue;
      const cause = { expiresAt: grant.spendableUntil };
      this.bookGrant(toExpired(grant, this.now), (delta) => ({ type: "expire", delta, grantId, cause }));
    }
  }

  /** What to write; undefined if nothing changed. Throws if the numbers do not agree, which is a bug. */
  toChanges(): Changes | undefined {
    if (this.#changedGrants.size === 0 && this.#holds.size === 0 && this.#entries.size === 0)
      return undefined;
    const { totalCredits, availableCredits, debt } = this.#subscription;
    if (
      toBalance(this.#subscription) !== this.#postedBalance ||
      debt < 0 ||
      (debt > 0 && availableCredits > 0)
    )
      throw new Error(
        `Cannot book for "${this.source.userId}": balance ${this.#postedBalance}, ${JSON.stringify(this.#subscription)}`,
      );
    return {
      subscription: {
        ...this.#subscription,
        status: totalCredits > 0 ? "active" : "inactive",
        updatedAt: this.now,
      },
      grants: this.changedGrants(),
      holds: [...this.#holds.values()],
      entries: this.#entries,
      causes: this.#causes,
    };
  }
}

/** The key of a grant's first, second … entry: a second booking of the same step fails instead of doubling it. */
export function toGrantEntryKey(grantId: string, number: number): string {
  return `${grantId}_${number}`;
}

export function toBalance({ availableCredits, frozen, held, debt }: Subscription): number {
  return availableCredits + frozen + held - debt;
}

export function emptySubscription(userId: string, now: Date): Subscription {
  return {
    userId,
    status: "inactive",
    startDate: null,
    endDate: null,
    totalCredits: 0,
    creditsUsed: 0,
    availableCredits: 0,
    debt: 0,
    frozen: 0,
    held: 0,
    seq: 0,
    createdAt: now,
    updatedAt: now,
  };
}
