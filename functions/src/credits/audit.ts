import type { Entry, Grant, Hold, Subscription, Take } from "../contract/documents.ts";
import { toBalance } from "./account/account.ts";
import { FOR_EVER, toBooked, toDebt, toFrozen, toGrant, toSpendable, toTotal } from "./account/grant.ts";

/** A number, date or status that is not what the entries, grants and holds say. */
export interface Difference {
  field: string;
  expected: number | string | null;
  found: number | string | null;
}

/** `balance` is in credits, negative if in debt; `seq` is the number of entries. */
export type AuditResult =
  { outcome: "agrees"; balance: number; seq: number } | { outcome: "differs"; differences: Difference[] };

/**
 * Recomputes an account from its documents, one at a time: entries in the order of their numbers, then holds, then
 * grants.
 */
export class Audit {
  readonly #differences: Difference[] = [];
  #seq = 0;
  #balance = 0;
  #spent = 0;
  #capturedEntries = 0;
  #capturedHolds = 0;
  #held = 0;
  #grants = { total: 0, available: 0, frozen: 0, debt: 0 };
  #firstStart: Date | undefined;
  #lastEnd: Date | undefined;
  /** By grant, from the entries and the open holds. */
  readonly #booked = new Map<string, number>();
  readonly #used = new Map<string, number>();

  addEntry(entry: Entry): void {
    this.#seq += 1;
    this.#balance += entry.delta;
    this.#compare(`entries.${this.#seq}.seq`, this.#seq, entry.seq);
    this.#compare(`entries.${this.#seq}.balanceAfter`, this.#balance, entry.balanceAfter);
    if (entry.type !== "spend") {
      addTo(this.#booked, entry.grantId, entry.delta);
      return;
    }
    this.#spent -= entry.delta;
    if (entry.cause.hold) this.#capturedEntries -= entry.delta;
    this.#compare(`entries.${this.#seq}.takes`, -entry.delta, sum(entry.takes));
    this.#addUsed(entry.takes);
  }

  addHold(hold: Hold): void {
    this.#compare(`holds.${hold.key}.takes`, hold.amount, sum(hold.takes));
    this.#capturedHolds += hold.captured;
    if (hold.status !== "open") return;
    this.#held += hold.amount;
    this.#addUsed(hold.takes);
  }

  addGrant(grant: Grant): void {
    const field = `grants.${grant.grantId}`;
    this.#compare(`${field}.amount`, this.#takeFrom(this.#booked, grant.grantId), toBooked(grant));
    this.#compare(`${field}.used`, this.#takeFrom(this.#used, grant.grantId), grant.used);
    const { remaining, status } = toGrant(grant, {}, grant.updatedAt);
    this.#compare(`${field}.remaining`, remaining, grant.remaining);
    this.#compare(`${field}.status`, status, grant.status);
    this.#compareDates(`${field}.spendableUntil`, grant.expiresAt ?? FOR_EVER, grant.spendableUntil);
    const { total, available, frozen, debt } = this.#grants;
    this.#grants = {
      total: total + toTotal(grant),
      available: available + toSpendable(grant),
      frozen: frozen + toFrozen(grant),
      debt: debt + toDebt(grant),
    };
    if (!this.#firstStart || grant.startDate < this.#firstStart) this.#firstStart = grant.startDate;
    if (grant.amount > 0 && (!this.#lastEnd || grant.spendableUntil > this.#lastEnd))
      this.#lastEnd = grant.spendableUntil;
  }

  /** The result after everything was added. An account has no subscription if nothing was ever granted. */
  finish(subscription: Subscription | undefined): AuditResult {
    for (const grantId of new Set([...this.#booked.keys(), ...this.#used.keys()]))
      this.#compare(`grants.${grantId}`, "a grant", null);
    if (subscription) this.#compareTotals(subscription);
    else this.#compare("documents", 0, this.#seq + (this.#firstStart ? 1 : 0));
    const differences = this.#differences;
    if (differences.length > 0) return { outcome: "differs", differences };
    return { outcome: "agrees", balance: this.#balance, seq: this.#seq };
  }

  #compareTotals(subscription: Subscription): void {
    const { total, available, frozen, debt } = this.#grants;
    this.#compare("holds.captured", this.#capturedEntries, this.#capturedHolds);
    this.#compare("seq", this.#seq, subscription.seq);
    this.#compare("balance", this.#balance, toBalance(subscription));
    this.#compare("totalCredits", total, subscription.totalCredits);
    this.#compare("creditsUsed", this.#spent, subscription.creditsUsed);
    this.#compare("availableCredits", available, subscription.availableCredits);
    this.#compare("frozen", frozen, subscription.frozen);
    this.#compare("held", this.#held, subscription.held);
    this.#compare("debt", debt, subscription.debt);
    this.#compare("debt while credits are available", 0, Math.min(available, debt));
    this.#compare("status", total > 0 ? "active" : "inactive", subscription.status);
    this.#compareDates("startDate", this.#firstStart, subscription.startDate);
    if (this.#firstStart === undefined) return;
    const lastEnd = this.#lastEnd ?? this.#firstStart;
    this.#compareDates("endDate", lastEnd, subscription.endDate ?? FOR_EVER);
  }

  #addUsed(takes: readonly Take[]): void {
    for (const { grantId, amount } of takes) addTo(this.#used, grantId, amount);
  }

  #takeFrom(numbers: Map<string, number>, grantId: string): number {
    const number = numbers.get(grantId) ?? 0;
    numbers.delete(grantId);
    return number;
  }

  #compareDates(field: string, expected: Date | undefined, found: Date | null): void {
    this.#compare(field, expected?.toISOString() ?? null, found?.toISOString() ?? null);
  }

  #compare(field: string, expected: Difference["expected"], found: Difference["found"]): void {
    if (expected !== found) this.#differences.push({ field, expected, found });
  }
}

function addTo(numbers: Map<string, number>, grantId: string, amount: number): void {
  numbers.set(grantId, (numbers.get(grantId) ?? 0) + amount);
}

function sum(takes: readonly Take[]): number {
  return takes.reduce((total, { amount }) => total + amount, 0);
}
