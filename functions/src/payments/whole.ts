import type { PaymentStatus } from "../contract/codes.ts";
import type { PaymentFacts } from "../contract/documents.ts";
import { hasHidden } from "../model/facts.ts";
import type { Change, Reference, Snapshots } from "../platform/compareAndSet.ts";
import { readAlso, readDocument, toChange, toChangeIfNew, type KnownDocument } from "../platform/document.ts";
import { privateFactsRef, toMovedFields } from "./db.ts";
import { paymentDocument, privateFactsDocument, type Payment, type PrivateFacts } from "./documents.ts";
import type { WholePayment } from "./merge.ts";

/** A payment as it was read. What is not for its user was read only if it matters. */
export interface KnownWhole {
  known: WholePayment | undefined;
  payment: KnownDocument<Payment>;
  hidden: KnownDocument<PrivateFacts> | undefined;
}

/** Reads a payment for news of it. */
export function readWhole(snapshots: Snapshots, paymentAt: Reference, news: PaymentFacts): KnownWhole {
  const payment = readDocument(snapshots, paymentAt, paymentDocument);
  if (!needsHidden(payment.known, news)) {
    const known = payment.known && { payment: payment.known, hidden: undefined };
    return { known, payment, hidden: undefined };
  }
  return readAll(snapshots, payment);
}

/** Reads a payment with all that there is of it. */
export function readAllOfWhole(snapshots: Snapshots, paymentAt: Reference): KnownWhole {
  return readAll(snapshots, readDocument(snapshots, paymentAt, paymentDocument));
}

function readAll(snapshots: Snapshots, payment: KnownDocument<Payment>): KnownWhole {
  const hidden = readAlso(snapshots, privateFactsRef(payment.snapshot.ref), privateFactsDocument);
  const known = payment.known && { payment: payment.known, hidden: hidden.known };
  return { known, payment, hidden };
}

/**
 * Whether what is hidden of a payment can matter to news, also to news that hides nothing. A payment that the user sees as paid is neither frozen nor
 * charged back by anything that is hidden, so that those of an ordinary purchase cost no read more. An old document
 * has in itself what is hidden now.
 */
export function needsHidden(payment: Payment | undefined, news: PaymentFacts): boolean {
  if (hasHidden(news)) return true;
  return payment !== undefined && (!isUntouched[payment.status] || hasHidden(payment.facts));
}

/** Whether nothing that banks say counts in a payment with that status. */
const isUntouched: Record<PaymentStatus, boolean> = {
  pending: false,
  failed: false,
  canceled: false,
  succeeded: true,
  partially_refunded: true,
  refunded: true,
  disputed: false,
  charged_back: false,
};

/** The writes that bring a payment to `next`; none if only `updatedAt` would change. */
export function toWholeChanges({ payment, hidden }: KnownWhole, next: WholePayment): Change[] {
  const hiding = hidden && next.hidden ? toChangeIfNew(hidden, next.hidden) : [];
  const moved = toMovedFields(payment.snapshot);
  if (hiding.length === 0 && !moved) return toChangeIfNew(payment, next.payment);
  const { snapshot, data } = toChange(payment, next.payment);
  return [{ snapshot, data: { ...data, ...moved } }, ...hiding];
}
