import type { PaymentStatus } from "../contract/codes.ts";
import type { CreditablePayment } from "../payments/documents.ts";

const MS_PER_DAY = 86_400_000;

/**
 * The credits a payment entitles to as it stands now, and those it no longer does. `frozen`: while it is disputed, what
 * remains of them cannot be spent. `expiresAt` null: for ever.
 */
export interface Entitlement {
  credits: number;
  revoked: number;
  frozen: boolean;
  expiresAt: Date | null;
}

/** A function of the payment alone, so that booking it can be repeated at any time. */
export function toEntitlement(payment: CreditablePayment): Entitlement {
  const { creditsAmount } = payment.worth;
  const credits = earns[payment.status] ? creditsAmount - toRevoked(payment) : 0;
  const revoked = payment.paidAt ? creditsAmount - credits : 0;
  return { credits, revoked, frozen: payment.status === "disputed", expiresAt: toExpiry(payment) };
}

/** Whether money in that state earns credits. */
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
 * The share of the money that went back, refunded or lost in a dispute, which together never take more than all. Rounded
 * in the user's favour; from the totals, so that parts add up to the whole.
 */
function toRevoked({ worth, amount, amountRefunded, amountChargedBack }: CreditablePayment): number {
  const gone = Math.min(amount, amountRefunded + amountChargedBack);
  if (gone === 0) return 0;
  // The product can exceed 2^53.
  return Number((BigInt(worth.creditsAmount) * BigInt(gone)) / BigInt(amount));
}

function toExpiry({ paidAt, worth: { subscriptionDays } }: CreditablePayment): Date | null {
  if (!paidAt || subscriptionDays === null) return null;
  return new Date(paidAt.getTime() + subscriptionDays * MS_PER_DAY);
}
