import type { CreditsState, PaymentStatus, SessionStatus, WebhookOutcome } from "./codes.ts";

/*
 * What the callables take and return. Times are ISO 8601 strings, amounts are whole minor units of the lowercase ISO
 * 4217 currency beside them.
 */

export interface CreatePaymentSessionInput {
  productId: string;
  provider?: string | undefined;
  /** A price of the product; its default price if absent. */
  priceId?: string | undefined;
  quantity?: number | undefined;
  successUrl?: string | undefined;
  cancelUrl?: string | undefined;
  /** Chosen by the client: a repeated call with the same id returns the same session. */
  requestId?: string | undefined;
}

/** `url` is the provider's checkout page. */
export interface CreatePaymentSessionResult {
  sessionId: string;
  url: string;
  expiresAt: string;
  provider: string;
}

export type VerifyPaymentInput = string | { sessionId: string; provider?: string | undefined };

/** `creditsAmount` is what the whole payment is worth. */
export interface VerifyPaymentResult {
  success: boolean;
  status: SessionStatus | PaymentStatus;
  sessionId: string;
  paymentId: string | null;
  provider: string;
  amount: number;
  currency: string;
  creditsAmount: number;
  credits: CreditsState;
}

export type CreatePortalSessionInput =
  { returnUrl?: string | undefined; provider?: string | undefined } | null | undefined;

export interface CreatePortalSessionResult {
  url: string;
}

/** For calls that take nothing. */
export type NoInput = Record<string, never> | null | undefined;

/** Which recurring subscription; it may be left out if there is one. */
export type PlanChangeInput = { subscriptionId?: string | undefined } | null | undefined;

/** A recurring subscription after a change. */
export interface PlanResult {
  subscriptionId: string;
  status: string;
  /** Whether it is going to end, with its period or at another time. */
  cancelAtPeriodEnd: boolean;
  /** When it is going to end; null if it goes on. */
  cancelAt: string | null;
  currentPeriodEnd: string | null;
  /** What was scheduled for it and is dropped by its cancellation. */
  droppedChange?: { productId: string | null; priceId: string | null; quantity: number; at: string };
}

export interface RefundPaymentInput {
  paymentId: string;
  /** In minor units; all that is left if absent. */
  amount?: number | undefined;
  /** Identifies the refund: a repeated call with the same id refunds nothing more. */
  requestId: string;
}

/** The payment after the refund. */
export interface RefundPaymentResult {
  paymentId: string;
  status: PaymentStatus;
  amount: number;
  amountRefunded: number;
  currency: string;
}

export interface GrantCreditsInput {
  userId: string;
  amount: number;
  /** Chosen by the caller: what was done under a key is not done again. */
  key: string;
  /** For admins: the user does not read it. */
  reason: string;
  /** For the user, in their ledger. */
  note?: string | undefined;
  /** When the credits expire; never if absent. */
  expiresAt?: string | undefined;
}

/** `repeated`: an earlier call with this key had granted it. `availableCredits` is what the user can spend now. */
export interface GrantCreditsResult {
  grantId: string;
  amount: number;
  seq: number;
  balanceAfter: number;
  availableCredits: number;
  repeated: boolean;
}

export interface RedriveEventInput {
  eventId: string;
  provider?: string | undefined;
}

export interface RedriveEventResult {
  eventId: string;
  type: string;
  outcome: WebhookOutcome;
  paymentId: string | null;
}

/** How many items were checked, how many of them were repaired, and how many could not be repaired this time. */
export interface ReconciliationTally {
  seen: number;
  repaired: number;
  failed: number;
}

export interface ReconciliationReport {
  /** Events of the provider since the last complete reconciliation. */
  events: ReconciliationTally;
  /** Sessions that should be over by now. */
  sessions: ReconciliationTally;
  /** Failed events that were due for another attempt. */
  inbox: ReconciliationTally;
  /** Payments whose credits were not booked. */
  credits: ReconciliationTally;
  /** Deleted users whose data was not completely removed. */
  deletions: ReconciliationTally;
  /** Whether the run came to the end of everything. If not, the next one goes on where it stopped. */
  complete: boolean;
}
