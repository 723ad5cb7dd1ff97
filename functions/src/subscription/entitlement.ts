import type { CreditablePayment } from "../gateway/types.ts";

const MS_PER_DAY = 86_400_000;

/** The credits a payment entitles to as it stands now, and those it no longer does. `expiresAt` null: for ever. */
export interface Entitlement {
  credits: number;
  revoked: number;
  expiresAt: Date | null;
}

/** A function of the payment alone, so that booking it can be repeated at any time. */
export function toEntitlement(payment: CreditablePayment): Entitlement {
  const credits = toCredits(payment);
  const revoked = payment.paidAt ? payment.creditsAmount - credits : 0;
  return { credits, revoked, expiresAt: toExpiry(payment) };
}

/** Whether money in that state earns credits at all. */
const earns: Record<CreditablePayment["status"], boolean> = {
  pending: false,
  failed: false,
  canceled: false,
  succeeded: true,
  partially_refunded: true,
  refunded: true,
  disputed: false,
  charged_back: false,
};

function toCredits(payment: CreditablePayment): number {
  return earns[payment.status] ? payment.creditsAmount - toRevoked(payment) : 0;
}

/** The refunded share, rounded in the user's favour; from the totals, so that parts add up to the whole. */
function toRevoked({ creditsAmount, amount, amountRefunded }: CreditablePayment): number {
  if (amountRefunded === 0 || amount === 0) return 0;
  // The product can exceed 2^53.
  return Number((BigInt(creditsAmount) * BigInt(amountRefunded)) / BigInt(amount));
}

function toExpiry({ paidAt, subscriptionDays }: CreditablePayment): Date | null {
  if (!paidAt || subscriptionDays === null) return null;
  return new Date(paidAt.getTime() + subscriptionDays * MS_PER_DAY);
}
