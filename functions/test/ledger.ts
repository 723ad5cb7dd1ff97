import { toBooking, toEntryKey, type BookingSubject } from "../src/subscription/booking.ts";
import type { Entry, Grant, Subscription } from "../src/subscription/types.ts";
import { at } from "./builders.ts";

/** One user's credits in memory, booked by the product's own functions as its transaction books them. */
export class Ledger {
  subscription: Subscription | undefined;
  readonly grants = new Map<string, Grant>();
  readonly entries = new Map<string, Entry>();

  /** Books one payment's entitlement; the entry, or undefined when there was nothing to book. */
  book(paymentId: string, overrides: Partial<BookingSubject["entitlement"]> & { startDate?: Date }) {
    const { credits = 100, revoked = 0, expiresAt = null, startDate = at(0) } = overrides;
    const subject = { userId: "user_1", paymentId, entitlement: { credits, revoked, expiresAt }, startDate };
    const account = { subscription: this.subscription, grant: this.grants.get(paymentId) };
    const booking = toBooking(account, subject, at(1_000));
    if (!booking) return undefined;
    this.subscription = booking.subscription;
    this.grants.set(paymentId, booking.grant);
    if (!booking.entry) return undefined;
    const key = toEntryKey(booking.grant, paymentId);
    if (this.entries.has(key)) throw new Error(`Cannot create entry "${key}": it exists`);
    this.entries.set(key, booking.entry);
    return booking.entry;
  }

  /** What the app spends of one payment's credits, as far as they go. */
  spend(paymentId: string, wanted: number): void {
    const grant = this.grants.get(paymentId);
    if (!grant || !this.subscription) return;
    const spent = Math.min(wanted, grant.remaining);
    const { subscription } = this;
    this.grants.set(paymentId, { ...grant, remaining: grant.remaining - spent });
    this.subscription = {
      ...subscription,
      availableCredits: subscription.availableCredits - spent,
      creditsUsed: subscription.creditsUsed + spent,
    };
  }

  requireSubscription(): Subscription {
    if (!this.subscription) throw new Error("Expected a subscription");
    return this.subscription;
  }

  requireGrant(paymentId: string): Grant {
    const grant = this.grants.get(paymentId);
    if (!grant) throw new Error(`Expected a grant of "${paymentId}"`);
    return grant;
  }
}
