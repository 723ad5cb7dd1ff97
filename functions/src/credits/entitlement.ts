import type { CreditsState, PaymentStatus } from "../contract/codes.ts";
import type { CreditablePayment } from "../payments/documents.ts";
import { MS_PER_DAY } from "../platform/instant.ts";

/**
 * The credits a payment entitles to as it stands now, those it no longer does, and those it takes from what other
 * payments gave, `takenFrom` first. `frozen`: the payment is disputed, so what remains cannot be spent. `expiresAt`
 * null: forever.
 */
export interface Entitlement {
  credits: number;
  revoked: number;
  taken?: number;
  takenFrom?: readonly string[];
  frozen: boolean;
  expiresAt: Date | null;
}

/** Depends on the payment alone, so booking it can be repeated at any time. */
export function toEntitlement(payment: CreditablePayment): Entitlement {
  const { creditsAmount } = payment.worth;
  const credits = earns[payment.status] ? creditsAmount - toRevoked(payment) : 0;
  const revoked = payment.paidAt ? creditsAmount - credits : 0;
  // Not scaled by what went back: the provider has credited the buyer for these lines, whatever happens to the payment.
  const taken = earns[payment.status] ? (payment.creditsTaken ?? 0) : 0;
  const taking = taken > 0 ? { taken, takenFrom: payment.takenFrom ?? [] } : {};
  return { credits, revoked, ...taking, frozen: payment.status === "disputed", expiresAt: toExpiry(payment) };
}

/** Whether all credits of a payment are booked. A disputed payment gives none. */
export function toCreditsState(payment: CreditablePayment, grantedCredits: number): CreditsState {
  const { credits, frozen } = toEntitlement(payment);
  if (credits === 0 || frozen) return "none";
  return grantedCredits === credits ? "granted" : "pending";
}

/** Whether a payment with that status earns credits. */
const earns: Record<PaymentStatus, boolean> = {
  pending: false,
  failed: false,
  canceled: false,
  succeeded: true,
  partially_refunded: true,
  refunded: true,
  disputed: true,
  charged_back: true,
};

/**
 * The credits for the money that went back through refunds, lost disputes and credit notes, or was never asked for
 * because of a credit note, at most all of them: its share of all that was asked for. Rounded in the user's favor, and
 * from the totals, so that parts add up to the whole.
 */
function toRevoked(payment: CreditablePayment): number {
  const { worth, amount, amountFromBalance = 0, amountCredited = 0, amountForgiven = 0 } = payment;
  const asked = amount + amountFromBalance + amountForgiven;
  const gone = Math.min(
    asked,
    payment.amountRefunded + payment.amountChargedBack + amountCredited + amountForgiven,
  );
  if (gone === 0) return 0;
  // The product can exceed 2^53.
  return Number((BigInt(worth.creditsAmount) * BigInt(gone)) / BigInt(asked));
}

function toExpiry({ paidAt, worth: { subscriptionDays } }: CreditablePayment): Date | null {
  if (!paidAt || subscriptionDays === null) return null;
  return new Date(paidAt.getTime() + subscriptionDays * MS_PER_DAY);
}
