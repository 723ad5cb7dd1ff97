import { Audit, type AuditResult } from "../../functions/src/credits/audit.ts";
import { book, type Booked } from "../../functions/src/credits/operations/booking.ts";
import type { Entitlement } from "../../functions/src/credits/entitlement.ts";
import { close, type Closed } from "../../functions/src/credits/operations/closing.ts";
import { expire, type Expired } from "../../functions/src/credits/operations/expiry.ts";
import { give, type GiveResult } from "../../functions/src/credits/operations/giving.ts";
import { bySpendOrder } from "../../functions/src/credits/account/grant.ts";
import {
  capture,
  hold,
  release,
  type CaptureResult,
  type HoldResult,
  type ReleaseResult,
} from "../../functions/src/credits/operations/holds.ts";
import type { GiveInput, HoldInput, SpendInput } from "../../functions/src/credits/inputs.ts";
import {
  PAGE_SIZE,
  type AccountSource,
  type Changes,
  type Decision,
  type OtherDates,
  type Wanted,
} from "../../functions/src/credits/account/source.ts";
import { spend, type SpendResult } from "../../functions/src/credits/operations/spending.ts";
import type {
  Entry,
  Grant,
  Hold,
  PrivateCause,
  Subscription,
} from "../../functions/src/contract/documents.ts";
import { at } from "./builders.ts";

type Booking = Partial<Entitlement> & { startDate?: Date };

/** One user's documents in memory: the product's own decisions read from it, and what they change is written to it. */
export class Ledger implements AccountSource {
  readonly userId = "user_1";
  now: Date;
  subscription: Subscription | undefined;
  readonly grants = new Map<string, Grant>();
  readonly holds = new Map<string, Hold>();
  readonly entries = new Map<string, Entry>();
  readonly causes = new Map<string, PrivateCause>();
  /** How many queries were asked, and how many decisions changed something. */
  queries = 0;
  writes = 0;

  constructor(now = at(1_000)) {
    this.now = now;
  }

  /** Books one payment's entitlement; the entry, or undefined when the balance stays. */
  async book(paymentId: string, overrides: Booking = {}): Promise<Entry | undefined> {
    const before = this.entries.size;
    await this.bookAll(paymentId, overrides);
    return [...this.entries.values()][before];
  }

  async bookAll(paymentId: string, overrides: Booking = {}): Promise<Booked> {
    const { startDate = at(0), ...changed } = overrides;
    const entitlement = { credits: 100, revoked: 0, frozen: false, expiresAt: null, ...changed };
    const subject = { grantId: paymentId, entitlement, startDate, cause: { paymentId } };
    return this.#write(await book(this, subject, this.now));
  }

  async spend(amount: number, overrides: Partial<SpendInput> = {}): Promise<SpendResult> {
    const input = { userId: this.userId, amount, key: `k${this.entries.size}`, reason: "A picture" };
    return this.#write(await spend(this, { ...input, ...overrides }, this.now));
  }

  async hold(amount: number, overrides: Partial<HoldInput> = {}): Promise<HoldResult> {
    const input = { userId: this.userId, amount, key: "job", reason: "A film", expiresInSeconds: 60 };
    return this.#write(await hold(this, { ...input, ...overrides }, this.now));
  }

  async capture(amount: number, key = "job"): Promise<CaptureResult> {
    return this.#write(await capture(this, { userId: this.userId, key, amount }, this.now));
  }

  async release(key = "job"): Promise<ReleaseResult> {
    return this.#write(await release(this, { userId: this.userId, key }, this.now));
  }

  async give(amount: number, overrides: Partial<GiveInput> = {}): Promise<GiveResult> {
    const input = { userId: this.userId, amount, key: "promo", reason: "Welcome", grantedBy: "admin_1" };
    return this.#write(await give(this, { ...input, ...overrides }, this.now));
  }

  async expire(): Promise<Expired> {
    return this.#write(await expire(this, this.now));
  }

  async close(): Promise<Closed> {
    return this.#write(await close(this, this.now));
  }

  audit(): AuditResult {
    const audit = new Audit();
    for (const entry of this.entries.values()) audit.addEntry(entry);
    for (const held of this.holds.values()) audit.addHold(held);
    for (const grant of this.grants.values()) audit.addGrant(grant);
    return audit.finish(this.subscription);
  }

  requireSubscription(): Subscription {
    if (!this.subscription) throw new Error("Expected a subscription");
    return this.subscription;
  }

  requireGrant(grantId: string): Grant {
    const grant = this.grants.get(grantId);
    if (!grant) throw new Error(`Expected a grant "${grantId}"`);
    return grant;
  }

  requireHold(key: string): Hold {
    const held = this.holds.get(key);
    if (!held) throw new Error(`Expected a hold "${key}"`);
    return held;
  }

  async open({ grantId, entryKey, causeKey, holdKey }: Wanted) {
    return {
      subscription: this.subscription,
      grant: grantId === undefined ? undefined : this.grants.get(grantId),
      entry: entryKey === undefined ? undefined : this.entries.get(entryKey),
      cause: causeKey === undefined ? undefined : this.causes.get(causeKey),
      hold: holdKey === undefined ? undefined : this.holds.get(holdKey),
    };
  }

  async readGrants(grantIds: readonly string[]): Promise<Grant[]> {
    return grantIds.flatMap((grantId) => this.grants.get(grantId) ?? []);
  }

  async readActiveGrants(after?: Grant): Promise<Grant[]> {
    const active = [...this.grants.values()].filter(({ status }) => status === "active");
    return this.#page(active, bySpendOrder, after);
  }

  async readRepayingGrants(after?: Grant): Promise<Grant[]> {
    const repaying = [...this.grants.values()].filter(({ repaid }) => repaid > 0);
    return this.#page(repaying, largestFirst, after);
  }

  async readLapsedHolds(now: Date, after?: Hold): Promise<Hold[]> {
    const lapsed = [...this.holds.values()].filter(
      ({ status, expiresAt }) => status === "open" && expiresAt <= now,
    );
    return this.#page(lapsed, soonestFirst, after);
  }

  async readOtherDates(grantId: string): Promise<OtherDates> {
    this.queries += 2;
    const others = [...this.grants.values()].filter((grant) => grant.grantId !== grantId);
    const starts = others.map(({ startDate }) => startDate);
    const ends = others.filter(({ amount }) => amount > 0).map(({ spendableUntil }) => spendableUntil);
    return { firstStart: toSorted(starts).at(0), lastEnd: toSorted(ends).at(-1) };
  }

  #page<T>(documents: readonly T[], compare: (a: T, b: T) => number, after: T | undefined): T[] {
    this.queries += 1;
    const rest = after ? documents.filter((document) => compare(document, after) > 0) : documents;
    return rest.toSorted(compare).slice(0, PAGE_SIZE);
  }

  #write<T>({ result, changes }: Decision<T>): T {
    if (changes) this.#apply(changes);
    return result;
  }

  #apply({ subscription, grants, holds, entries, causes }: Changes): void {
    this.writes += 1;
    this.subscription = subscription;
    for (const grant of grants) this.grants.set(grant.grantId, grant);
    for (const held of holds) this.holds.set(held.key, held);
    for (const [key, cause] of causes) this.causes.set(key, cause);
    for (const [key, entry] of entries) {
      if (this.entries.has(key)) throw new Error(`Cannot create entry "${key}": it exists`);
      this.entries.set(key, entry);
    }
  }
}

function toSorted(dates: readonly Date[]): Date[] {
  return dates.toSorted((a, b) => a.getTime() - b.getTime());
}

function largestFirst(a: Grant, b: Grant): number {
  return b.repaid - a.repaid || (a.grantId < b.grantId ? 1 : -1);
}

function soonestFirst(a: Hold, b: Hold): number {
  return a.expiresAt.getTime() - b.expiresAt.getTime() || (a.key < b.key ? -1 : Number(a.key > b.key));
}
